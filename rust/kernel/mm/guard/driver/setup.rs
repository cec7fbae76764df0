// SPDX-License-Identifier: GPL-2.0-only

//! A VMA that is being set up: what a driver does in `mmap` and `mmap_prepare`.
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
use core::ops::Range;
use kernel::{
    mm::virt::{
        flags,
        vm_flags_t,
        VmaNew, //
    },
    page::PAGE_SHIFT,
    prelude::*,
    sync::{
        Arc,
        ArcBorrow, //
    },
    types::NotThreadSafe, //
};

/// The description of a VMA that a driver's `mmap_prepare` is called with.
///
/// # Invariants
///
/// It is such a description, of which `vm_file` is the file that is mapped, or one that
/// [`Setup::map`] has put there.
#[repr(transparent)]
pub struct VmaDesc(bindings::vm_area_desc);

impl VmaDesc {
    /// Calls the handler of a driver with what C has called `mmap_prepare` with.
    ///
    /// If the handler fails, this puts the file back, as C does not.
    ///
    /// # Safety
    ///
    /// `desc` must be what C has called `mmap_prepare` with, and nobody else may use it meanwhile.
    pub unsafe fn handle(
        desc: *mut bindings::vm_area_desc,
        handler: impl FnOnce(&mut Self) -> Result,
    ) -> Result {
        // SAFETY: By the safety requirements.
        let before = unsafe { (*desc).vm_file };
        // INVARIANT: By the safety requirements.
        // SAFETY: By the safety requirements. The types have the same layout.
        let result = handler(unsafe { &mut *desc.cast() });
        // SAFETY: By the safety requirements. The handler has it no longer.
        let after = unsafe { &mut (*desc).vm_file };
        if result.is_err() && *after != before {
            // SAFETY: `Setup::map` has put a reference there.
            unsafe { bindings::fput(*after) };
            *after = before;
        }
        result
    }
}

/// What is being set up.
enum Of<'v> {
    Vma(&'v VmaNew),
    Desc(&'v mut VmaDesc),
}

/// A VMA under construction, in a driver's `mmap` or `mmap_prepare`.
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
    of: Of<'v>,
    flags: vm_flags_t,
    _nts: NotThreadSafe,
}

stays_with_its_task!(Setup);

impl<'v> Setup<'v> {
    /// Begins with a VMA that `mmap` was called with.
    ///
    /// It will not grow by `mremap(2)` (`VM_DONTEXPAND`). A VMA has one of these at a time: two
    /// would be two chains of locks, and neither sees what the other holds.
    #[inline]
    pub fn new(vma: &'v VmaNew) -> Self {
        Self::of(Of::Vma(vma))
    }

    /// Begins with the description that `mmap_prepare` was called with.
    ///
    /// As [`new`](Self::new).
    #[inline]
    pub fn prepare(desc: &'v mut VmaDesc) -> Self {
        Self::of(Of::Desc(desc))
    }

    #[inline]
    fn of(of: Of<'v>) -> Self {
        Self {
            of,
            // With this, C merges the VMA with no other one: where it would, after `mmap_prepare`,
            // it would leak the file.
            flags: flags::DONTEXPAND,
            _nts: NotThreadSafe,
        }
    }

    /// A child does not inherit the VMA (`VM_DONTCOPY`).
    ///
    /// `madvise(2)` does not undo that: C refuses `MADV_DOFORK` to a VMA that does not grow.
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
    /// Nobody else gets its pages by address (`get_user_pages()`), and `madvise(2)` leaves it
    /// alone. The process itself may get a page that is mapped already: `get_user_pages_fast()`
    /// looks at the page tables, where only frames are marked.
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
        let (pgoff, len) = match &self.of {
            // SAFETY: The VMA is under construction, so nobody else writes it.
            Of::Vma(vma) => (unsafe { (*vma.as_ptr()).vm_pgoff }, vma.end() - vma.start()),
            Of::Desc(VmaDesc(desc)) => (desc.pgoff, desc.end - desc.start),
        };
        Ok(pgoff..pgoff.checked_add(len >> PAGE_SHIFT).ok_or(EOVERFLOW)?)
    }

    /// The flags that the VMA has so far.
    #[inline]
    fn vma_flags(&self) -> vm_flags_t {
        match &self.of {
            Of::Vma(vma) => vma.flags(),
            Of::Desc(VmaDesc(desc)) => desc.vma_flags.__vma_flags[0],
        }
    }

    /// Whether the VMA is somebody's already.
    #[inline]
    fn is_taken(&self) -> bool {
        let (ops, private_data) = match &self.of {
            // SAFETY: The VMA is under construction, so nobody else writes it.
            Of::Vma(vma) => unsafe { ((*vma.as_ptr()).vm_ops, (*vma.as_ptr()).vm_private_data) },
            Of::Desc(VmaDesc(desc)) => (desc.vm_ops, desc.private_data),
        };
        // What has these flags may have something mapped already, by `VmaNew::set_mixedmap`, and C
        // would end in `BUG_ON()` where it maps frames.
        !private_data.is_null()
            || !are_empty(ops)
            || self.vma_flags() & (flags::PFNMAP | flags::MIXEDMAP) != 0
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
    /// `remap_pfn_range()` and `vm_insert_page()` if the object is mapped at once; those of
    /// [`VmOperations::mapped`]; `ENOMEM`.
    pub fn map<T: VmOperations>(self, object: ArcBorrow<'_, VmObject<T>>) -> Result {
        if self.is_taken() {
            return Err(EBUSY);
        }
        let pages = self.pages()?;
        if pages.end > object.kind().page_count() {
            return Err(EINVAL);
        }
        let mut vm_flags = self.vma_flags();
        if !T::Access::MAY_WRITE {
            if vm_flags & flags::WRITE != 0 {
                return Err(EACCES);
            }
            vm_flags &= !flags::MAYWRITE;
        }
        let frames = object.kind().frames();
        let is_cow = vm_flags & (flags::SHARED | flags::MAYWRITE) == flags::MAYWRITE;
        if frames.is_some() && is_cow {
            return Err(EINVAL);
        }
        vm_flags |= self.flags | <T::Kind as Fill>::FLAGS;
        let prot = |prot| match frames.map(|frames| frames.caching()) {
            None | Some(Caching::Cached) => prot,
            // SAFETY: It only changes a value.
            Some(Caching::WriteCombine) => unsafe { bindings::pgprot_writecombine(prot) },
            // SAFETY: As above.
            Some(Caching::Uncached) => unsafe { bindings::pgprot_noncached(prot) },
        };
        let file = VmObject::file(object)?;
        // As `ArcBorrow::from_raw` needs it, of the `Arc` and not of what is in it.
        let private_data = Arc::as_ptr(&Arc::from(object)).cast_mut().cast();
        match self.of {
            Of::Vma(vma) => {
                let vma = vma.as_ptr();
                // SAFETY: The VMA is under construction, so nobody else has it, and the driver
                // whose file it maps may write these. From here on it has the object's file, which
                // keeps the object, and the module with the operations.
                unsafe {
                    bindings::vma_set_file(vma, file.as_ptr());
                    (*vma).__bindgen_anon_2.vm_flags = vm_flags;
                    (*vma).vm_page_prot = prot((*vma).vm_page_prot);
                    (*vma).vm_ops = Shims::<T>::OPS;
                    (*vma).vm_private_data = private_data;
                }
                // SAFETY: The VMA is under construction, of this object, with these flags, and
                // within it.
                unsafe { object.kind().fill(vma) }?;
                if T::HAS_MAPPED {
                    T::mapped(object, pages, InnerScope::new())?;
                }
            }
            Of::Desc(VmaDesc(desc)) => {
                let page_prot = prot(desc.page_prot);
                object.kind().prepare(desc, page_prot)?;
                desc.vma_flags.__vma_flags[0] = vm_flags;
                desc.page_prot = page_prot;
                desc.vm_ops = Shims::<T>::PREPARED_OPS;
                desc.private_data = private_data;
                // INVARIANT: C gives the reference to the VMA.
                desc.vm_file = file.into_raw();
            }
        }
        Ok(())
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
