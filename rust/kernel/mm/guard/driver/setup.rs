// SPDX-License-Identifier: GPL-2.0-only

//! A VMA that is being set up: what a driver does in `mmap`.
//!
//! C header: [`include/linux/mm.h`](srctree/include/linux/mm.h)

use crate::{
    bindings,
    mm::guard::{
        driver::{
            kind::{
                Access,
                Caching,
                Fill,
                Kind, //
            },
            object::VmObject,
            ops::{
                Shims,
                VmOperations, //
            }, //
        },
        order::{
            level::VmaLock,
            rights::{
                stays_with_its_task,
                Sealed, //
            },
            InnerScope,
            LockScope, //
        }, //
    }, //
};
use core::{
    ops::Range,
    ptr, //
};
use kernel::{
    mm::virt::{
        flags,
        vm_flags_t,
        VmaNew, //
    },
    page::PAGE_SHIFT,
    prelude::*,
    sync::ArcBorrow,
    types::NotThreadSafe, //
};

/// A VMA under construction, in a driver's `mmap`.
///
/// C holds the mmap lock for writing, and may hold VMA write locks. So this is a scope in which
/// locks are taken that come after those.
///
/// # Examples
///
/// ```
/// # use kernel::{
/// #     mm::guard::{
/// #         driver::{object::VmObject, ops::VmOperations, setup::Setup},
/// #     },
/// #     mm::virt::VmaNew,
/// #     sync::ArcBorrow,
/// # };
/// fn mmap<T: VmOperations>(object: ArcBorrow<'_, VmObject<T>>, vma: &VmaNew) -> Result {
///     Setup::new(vma).dont_dump().map(object)
/// }
/// ```
pub struct Setup<'v> {
    vma: &'v VmaNew,
    flags: vm_flags_t,
    _nts: NotThreadSafe,
}

stays_with_its_task!(Setup);

impl<'v> Setup<'v> {
    /// Begins with a VMA that `mmap` was called with.
    ///
    /// It will not grow by `mremap(2)` (`VM_DONTEXPAND`).
    #[inline]
    pub fn new(vma: &'v VmaNew) -> Self {
        Self {
            vma,
            flags: flags::DONTEXPAND,
            _nts: NotThreadSafe,
        }
    }

    /// A child does not inherit the VMA (`VM_DONTCOPY`).
    ///
    /// `madvise(2)` undoes that, unless the VMA has `VM_IO`: see [`io`](Self::io).
    #[inline]
    pub fn dont_copy(mut self) -> Self {
        self.flags |= flags::DONTCOPY;
        self
    }

    /// The VMA is not in core dumps (`VM_DONTDUMP`).
    #[inline]
    pub fn dont_dump(mut self) -> Self {
        self.flags |= flags::DONTDUMP;
        self
    }

    /// The VMA is like one of device memory (`VM_IO`).
    ///
    /// Nobody gets its pages by address (`get_user_pages()`), and `madvise(2)` leaves it alone.
    #[inline]
    pub fn io(mut self) -> Self {
        self.flags |= flags::IO;
        self
    }

    /// The part of the object that is asked for, in pages.
    ///
    /// # Errors
    ///
    /// `EOVERFLOW` if there is no such offset.
    #[inline]
    pub fn pages(&self) -> Result<Range<usize>> {
        // SAFETY: The VMA is under construction, so nobody else writes it.
        let pgoff = unsafe { (*self.vma.as_ptr()).vm_pgoff };
        let len = (self.vma.end() - self.vma.start()) >> PAGE_SHIFT;
        Ok(pgoff..pgoff.checked_add(len).ok_or(EOVERFLOW)?)
    }

    /// Makes the VMA one of the object, from the offset on that `mmap(2)` was called with.
    ///
    /// The VMA keeps the object, and so does each VMA that comes of it: by a split, a fork, or a
    /// move. If `mmap` fails later, C lets go of it. Sleeps. C: `vma_set_file()`.
    ///
    /// # Errors
    ///
    /// `EBUSY` if the VMA is somebody's already; `EINVAL` if the object does not have all the
    /// pages, or has page frames and the VMA is a private writable one; `EACCES` if it is to be
    /// writable and the object is [`ReadOnly`](crate::mm::guard::driver::kind::ReadOnly); those of
    /// `remap_pfn_range()` and `vm_insert_page()` if the object is mapped at once; `ENOMEM`.
    pub fn map<T: VmOperations>(self, object: ArcBorrow<'_, VmObject<T>>) -> Result {
        let vma = self.vma.as_ptr();
        // SAFETY: The VMA is under construction, so nobody else writes it.
        let (ops, private_data) = unsafe { ((*vma).vm_ops, (*vma).vm_private_data) };
        if !private_data.is_null() || !are_empty(ops) {
            return Err(EBUSY);
        }
        if self.pages()?.end > object.kind().len() {
            return Err(EINVAL);
        }
        if !T::Access::MAY_WRITE {
            self.vma.try_clear_maywrite().map_err(|_| EACCES)?;
        }
        let is_cow = self.vma.flags() & (flags::SHARED | flags::MAYWRITE) == flags::MAYWRITE;
        if object.kind().frames().is_some() && is_cow {
            return Err(EINVAL);
        }
        let caching = object.kind().frames().map(|frames| frames.caching());
        let file = VmObject::file(object)?;
        let flags = self.vma.flags() | self.flags | <T::Kind as Fill>::FLAGS;
        // SAFETY: The VMA is under construction, so nobody else has it, and the driver whose file
        // it maps may write these. From here on it has the object's file, which keeps the object,
        // and the module with the operations.
        unsafe {
            bindings::vma_set_file(vma, file.as_ptr());
            (*vma).__bindgen_anon_2.vm_flags = flags;
            (*vma).vm_ops = Shims::<T>::OPS;
            (*vma).vm_private_data = ptr::from_ref(&*object).cast_mut().cast();
            match caching {
                None | Some(Caching::Cached) => {}
                Some(Caching::WriteCombine) => {
                    (*vma).vm_page_prot = bindings::pgprot_writecombine((*vma).vm_page_prot)
                }
                Some(Caching::Uncached) => {
                    (*vma).vm_page_prot = bindings::pgprot_noncached((*vma).vm_page_prot)
                }
            }
        }
        // SAFETY: The VMA is under construction, of this object, with these flags, and within it.
        unsafe { object.kind().fill(vma) }
    }
}

/// Whether operations are those that C gives to a new VMA, of which there are none.
fn are_empty(ops: *const bindings::vm_operations_struct) -> bool {
    if ops.is_null() {
        return true;
    }
    let len = size_of::<bindings::vm_operations_struct>() / size_of::<usize>();
    // SAFETY: The operations of a VMA are valid. They are function pointers, each of which may be
    // null, and so is each word of them an initialised one.
    unsafe { core::slice::from_raw_parts(ops.cast::<usize>(), len) }
        .iter()
        .all(|&op| op == 0)
}

impl Sealed for Setup<'_> {}
#[diagnostic::do_not_recommend]
impl LockScope for Setup<'_> {
    type Innermost = VmaLock;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&(), InnerScope::new())
    }
}
