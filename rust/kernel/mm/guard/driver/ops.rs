// SPDX-License-Identifier: GPL-2.0-only

//! What C calls a driver for, in VMAs of its own.
//!
//! | operation                              | C holds                       | gets       |
//! |----------------------------------------|-------------------------------|------------|
//! | `fault`, `page_mkwrite`, `pfn_mkwrite` | VMA or mmap lock, for reading | a scope    |
//! | `huge_fault`                           | the same                      | a scope    |
//! | `map_pages`                            | the same, and RCU: no sleep   | no scope   |
//! | `open`, `mapped`                       | mmap lock, for writing        | a scope    |
//! | `close`                                | mmap lock; maybe detached     | a scope    |
//! | `may_split`, `mremap`, `mprotect`      | mmap lock, for writing        | VMA        |
//! | `access`                               | mmap lock, for reading        | a scope    |
//! | `name`, `pagesize`                     | any, and maybe RCU: no sleep  | no scope   |
//!
//! A fault is under the VMA lock only if the driver has `map_pages` as well: C takes that as the
//! word of the driver that the mmap lock is not needed, which for this interface is so.
//!
//! C header: [`include/linux/mm.h`](srctree/include/linux/mm.h)

use crate::{
    bindings,
    mm::guard::{
        driver::{
            fault::{
                object_of,
                Fallback,
                Fault,
                FaultAround,
                FaultError,
                FaultResult,
                HugeFault,
                Mapped,
                WriteFault, //
            },
            kind::{
                Access,
                Kind, //
            },
            object::VmObject, //
        },
        mmap::Write,
        order::{
            level::{
                LockLevel,
                VmaLock, //
            },
            InnerScope, //
        },
        vma::{
            load_flags,
            Vma, //
        }, //
    }, //
};
use core::{
    cell::Cell,
    marker::PhantomData,
    ops::Range,
    ptr::NonNull, //
};
use kernel::{
    build_error,
    error::VTABLE_DEFAULT_ERROR,
    mm::virt::{
        flags,
        vm_flags_t, //
    },
    page::{
        PAGE_SHIFT,
        PAGE_SIZE, //
    },
    prelude::*,
    str::CStr,
    sync::ArcBorrow, //
};

/// The operations of the VMAs of an object.
///
/// Only those that are implemented are installed. Without [`fault`](Self::fault) an access where
/// nothing is mapped gets `SIGBUS`.
///
/// # Examples
///
/// A buffer whose pages are made when they are accessed:
///
/// ```
/// use kernel::mm::guard::{
///     driver::{
///         fault::{
///             Fault,
///             FaultError,
///             FaultResult, //
///         },
///         kind::{
///             Pages,
///             ReadWrite, //
///         },
///         ops::VmOperations,
///         page::UserPage, //
///     },
///     order::level::{
///         Below,
///         LockLevel,
///         VmaLock, //
///     }, //
/// };
///
/// struct Buffer;
///
/// /// The lock of a buffer: taken in a fault, under the lock of the VMA.
/// struct BufferLock;
///
/// impl LockLevel for BufferLock {
///     type Place = Below<VmaLock>;
/// }
///
/// #[vtable]
/// impl VmOperations for Buffer {
///     type Kind = Pages;
///     type Access = ReadWrite;
///     type Level = BufferLock;
///     type State = KVVec<Option<UserPage>>;
///
///     fn fault(fault: Fault<'_, Self>) -> FaultResult<'_> {
///         let (place, mut scope) = fault.into_place();
///         let object = place.object();
///         let mut pages = object.lock(&mut scope);
///         let (pages, locked, mut scope) = pages.split_mut();
///         let slot = pages.get_mut(place.pgoff()).ok_or(FaultError::BusError)?;
///         if slot.is_none() {
///             *slot = Some(UserPage::new(GFP_KERNEL_ACCOUNT)?);
///         }
///         let page = slot.as_ref().ok_or(FaultError::BusError)?;
///         place.map(locked, &mut scope, page)
///     }
/// }
/// ```
#[vtable]
pub trait VmOperations: Sized + Send + Sync + 'static {
    /// What an object maps, and when.
    type Kind: Kind;

    /// Whether user space may write an object.
    type Access: Access;

    /// The place of an object's lock in the lock order.
    ///
    /// Of an object that is locked in faults it is below the VMA lock.
    type Level: LockLevel + 'static;

    /// What an object's lock protects: that of which its fault handler maps.
    type State: Send + 'static;

    /// Maps a page where a process accesses one that is not mapped.
    fn fault(_fault: Fault<'_, Self>) -> FaultResult<'_> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Maps a huge page where a process accesses one that is not mapped.
    fn huge_fault(_fault: HugeFault<'_, Self>) -> core::result::Result<Mapped<'_>, Fallback> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Is told that there is a fault, before [`fault`](Self::fault) is called. Does not sleep.
    ///
    /// A driver that has this gets its faults under the VMA lock, beside other changes of the
    /// address space.
    fn map_pages(_around: FaultAround<'_, Self>) {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Is told that a page of a shared mapping, mapped read-only so far, becomes writable.
    ///
    /// With this, what a fault maps is mapped read-only first. What is mapped at `mmap` may be
    /// writable from the start; then this is not called.
    fn page_mkwrite(_fault: WriteFault<'_, Self>) -> core::result::Result<(), FaultError> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// As [`page_mkwrite`](Self::page_mkwrite), of a frame. With this, no huge page is mapped for a
    /// write.
    fn pfn_mkwrite(_fault: WriteFault<'_, Self>) -> core::result::Result<(), FaultError> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Is told of a further VMA: one that comes of a split, a fork or a move.
    ///
    /// Not called for the one that `mmap` sets up. `pages` is the part of the object that it maps,
    /// in pages. For a count of references this is not needed: each VMA keeps its object. Nor can
    /// pages be counted by it: the VMA that was split has become shorter untold.
    fn open(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Is told that a VMA goes.
    ///
    /// Not called if `mmap` failed; by `mmap_prepare`, called also if what came after that failed,
    /// as [`mapped`](Self::mapped) may. The VMA may be detached, so it is not given.
    fn close(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Is told of a VMA that `mmap(2)` has made, and may refuse it.
    ///
    /// It is the last step of `mmap`, after [`Setup::map`](super::setup::Setup::map).
    fn mapped(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _pages: Range<usize>,
        _scope: InnerScope<'_, VmaLock>,
    ) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Whether a VMA may be split at an address, in bytes.
    fn may_split(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _vma: &Vma<'_, Write>,
        _addr: usize,
    ) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Whether a VMA may be what it has become by a move.
    fn mremap(_object: ArcBorrow<'_, VmObject<Self>>, _vma: &Vma<'_, Write>) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Whether a range of addresses of a VMA, in bytes, may have these flags from now on.
    fn mprotect(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _vma: &Vma<'_, Write>,
        _range: Range<usize>,
        _flags: vm_flags_t,
    ) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Reads or writes for another process, as a debugger does, where there is no page to get.
    ///
    /// `offset` is that in the object, in bytes, and the bytes are all in the object, and in one
    /// VMA. Returns how many bytes were copied, from the first on.
    fn access(
        _object: ArcBorrow<'_, VmObject<Self>>,
        _offset: usize,
        _access: Remote<'_>,
        _scope: InnerScope<'_, VmaLock>,
    ) -> Result<usize> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// A name for VMAs that have no file, and a wish to be in core dumps. Does not sleep.
    fn name(_object: ArcBorrow<'_, VmObject<Self>>) -> Option<&'static CStr> {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// The size of the pages, in bytes, that `/proc/PID/smaps` shows. Does not sleep.
    ///
    /// One that is no power of two, or less than a page, is taken for a page's.
    fn pagesize(_object: ArcBorrow<'_, VmObject<Self>>) -> usize {
        build_error!(VTABLE_DEFAULT_ERROR)
    }
}

/// What [`VmOperations::access`] is to do, in the words of `ptrace(2)`.
pub enum Remote<'a> {
    /// Read: fill this, which is zeroed.
    Peek(&'a mut [u8]),
    /// Write: take this.
    Poke(&'a [u8]),
}

/// `mapped` of `struct vm_operations_struct`.
type MappedOp = Option<
    unsafe extern "C" fn(
        c_ulong,
        c_ulong,
        c_ulong,
        *const bindings::file,
        *mut *mut c_void,
    ) -> c_int,
>;

/// The functions that C calls.
pub(in crate::mm::guard) struct Shims<T>(PhantomData<T>);

impl<T: VmOperations> Shims<T> {
    /// The operations, of which there are those that `T` implements.
    pub(in crate::mm::guard) const OPS: &'static bindings::vm_operations_struct = &Self::ops(None);

    /// The same for a VMA that `mmap_prepare` has described: C calls `mapped` for such a one alone.
    pub(in crate::mm::guard) const PREPARED_OPS: &'static bindings::vm_operations_struct =
        &Self::ops(if T::HAS_MAPPED {
            Some(Self::mapped)
        } else {
            None
        });

    const fn ops(mapped: MappedOp) -> bindings::vm_operations_struct {
        bindings::vm_operations_struct {
            mapped,
            open: if T::HAS_OPEN { Some(Self::open) } else { None },
            close: if T::HAS_CLOSE {
                Some(Self::close)
            } else {
                None
            },
            may_split: if T::HAS_MAY_SPLIT {
                Some(Self::may_split)
            } else {
                None
            },
            mremap: if T::HAS_MREMAP {
                Some(Self::mremap)
            } else {
                None
            },
            mprotect: if T::HAS_MPROTECT {
                Some(Self::mprotect)
            } else {
                None
            },
            fault: if T::HAS_FAULT {
                Some(Self::fault)
            } else {
                None
            },
            huge_fault: if T::HAS_HUGE_FAULT {
                Some(Self::huge_fault)
            } else {
                None
            },
            map_pages: if T::HAS_MAP_PAGES {
                Some(Self::map_pages)
            } else {
                None
            },
            pagesize: if T::HAS_PAGESIZE {
                Some(Self::pagesize)
            } else {
                None
            },
            page_mkwrite: if T::HAS_PAGE_MKWRITE {
                Some(Self::page_mkwrite)
            } else {
                None
            },
            pfn_mkwrite: if T::HAS_PFN_MKWRITE {
                Some(Self::pfn_mkwrite)
            } else {
                None
            },
            access: if T::HAS_ACCESS {
                Some(Self::access)
            } else {
                None
            },
            name: if T::HAS_NAME { Some(Self::name) } else { None },
            ..pin_init::zeroed()
        }
    }

    /// # Safety
    ///
    /// `private_data` must point at the private data of a VMA of an object of `T`, for as long as
    /// C holds the mmap lock for writing.
    unsafe extern "C" fn mapped(
        start: c_ulong,
        end: c_ulong,
        pgoff: c_ulong,
        _file: *const bindings::file,
        private_data: *mut *mut c_void,
    ) -> c_int {
        // SAFETY: By the safety requirements: `Setup::map` has put the object there, which is in an
        // `Arc`, and the VMA keeps it.
        let object: ArcBorrow<'_, VmObject<T>> =
            unsafe { ArcBorrow::from_raw((*private_data).cast_const().cast()) };
        let pages = pgoff..pgoff + ((end - start) >> PAGE_SHIFT);
        errno(T::mapped(object, pages, InnerScope::new()))
    }

    /// # Safety
    ///
    /// As for [`Fault::from_raw`].
    unsafe extern "C" fn fault(vmf: *mut bindings::vm_fault) -> bindings::vm_fault_t {
        // SAFETY: By the safety requirements.
        unsafe {
            handle(vmf, |fault| match T::fault(fault) {
                Ok(_) => bindings::vm_fault_reason_VM_FAULT_NOPAGE,
                Err(err) => err.into_raw(),
            })
        }
    }

    /// # Safety
    ///
    /// As for [`Fault::from_raw`].
    unsafe extern "C" fn huge_fault(
        vmf: *mut bindings::vm_fault,
        order: c_uint,
    ) -> bindings::vm_fault_t {
        const FALLBACK: bindings::vm_fault_t = bindings::vm_fault_reason_VM_FAULT_FALLBACK;
        // SAFETY: It only looks at the number.
        if !unsafe { bindings::is_pmd_order(order) } {
            return FALLBACK;
        }
        // SAFETY: By the safety requirements.
        unsafe {
            handle(vmf, |fault| {
                match T::huge_fault(HugeFault::new(fault, order)) {
                    Ok(_) => bindings::vm_fault_reason_VM_FAULT_NOPAGE,
                    Err(Fallback) => FALLBACK,
                }
            })
        }
    }

    /// # Safety
    ///
    /// As for [`Fault::from_raw`], under RCU.
    unsafe extern "C" fn map_pages(
        vmf: *mut bindings::vm_fault,
        start: c_ulong,
        end: c_ulong,
    ) -> bindings::vm_fault_t {
        // SAFETY: By the safety requirements, the fault and its VMA are valid, and the VMA is one
        // of an object of `T`.
        let object = unsafe { object_of::<T>((*vmf).__bindgen_anon_1.vma) };
        let end = end.saturating_add(1).min(object.kind().page_count());
        T::map_pages(FaultAround::new(object, start..end));
        0
    }

    /// # Safety
    ///
    /// As for [`Fault::from_raw`]. The fault must have its page.
    unsafe extern "C" fn page_mkwrite(vmf: *mut bindings::vm_fault) -> bindings::vm_fault_t {
        // SAFETY: By the safety requirements.
        unsafe {
            handle(vmf, |fault| match T::page_mkwrite(WriteFault::new(fault)) {
                Ok(()) => {
                    // C would lock the page itself, and take one without a file for truncated.
                    // SAFETY: By the safety requirements, C has a reference to the page, and lets
                    // the driver lock it.
                    bindings::lock_page((*vmf).page);
                    bindings::vm_fault_reason_VM_FAULT_LOCKED
                }
                Err(err) => err.into_raw(),
            })
        }
    }

    /// # Safety
    ///
    /// As for [`Fault::from_raw`].
    unsafe extern "C" fn pfn_mkwrite(vmf: *mut bindings::vm_fault) -> bindings::vm_fault_t {
        // SAFETY: By the safety requirements.
        unsafe {
            handle(vmf, |fault| match T::pfn_mkwrite(WriteFault::new(fault)) {
                Ok(()) => 0,
                Err(err) => err.into_raw(),
            })
        }
    }

    /// # Safety
    ///
    /// The VMA must be one of an object of `T`, and C must hold the mmap lock for writing.
    unsafe extern "C" fn open(vma: *mut bindings::vm_area_struct) {
        // SAFETY: By the safety requirements.
        let (object, pages) = unsafe { (object_of::<T>(vma), pages_of(vma)) };
        T::open(object, pages, InnerScope::new());
    }

    /// # Safety
    ///
    /// The VMA must be one of an object of `T`, and C must hold the mmap lock.
    unsafe extern "C" fn close(vma: *mut bindings::vm_area_struct) {
        // SAFETY: By the safety requirements. C gives up the file of the VMA, and with it the
        // object, after this.
        let (object, pages) = unsafe { (object_of::<T>(vma), pages_of(vma)) };
        T::close(object, pages, InnerScope::new());
    }

    /// # Safety
    ///
    /// The VMA must be one of an object of `T`, attached, and C must hold the mmap lock for
    /// writing.
    unsafe extern "C" fn may_split(vma: *mut bindings::vm_area_struct, addr: c_ulong) -> c_int {
        // SAFETY: By the safety requirements.
        let (object, vma) = unsafe { (object_of::<T>(vma), write_locked(vma)) };
        errno(T::may_split(object, &vma, addr))
    }

    /// # Safety
    ///
    /// As for `may_split`.
    unsafe extern "C" fn mremap(vma: *mut bindings::vm_area_struct) -> c_int {
        // SAFETY: By the safety requirements.
        let (object, vma) = unsafe { (object_of::<T>(vma), write_locked(vma)) };
        errno(T::mremap(object, &vma))
    }

    /// # Safety
    ///
    /// As for `may_split`.
    unsafe extern "C" fn mprotect(
        vma: *mut bindings::vm_area_struct,
        start: c_ulong,
        end: c_ulong,
        flags: c_ulong,
    ) -> c_int {
        // SAFETY: By the safety requirements.
        let (object, vma) = unsafe { (object_of::<T>(vma), write_locked(vma)) };
        errno(T::mprotect(object, &vma, start..end, flags))
    }

    /// # Safety
    ///
    /// The VMA must be one of an object of `T`, with `addr` in it, and C must hold the mmap lock.
    /// `buf` must be valid for `len` bytes, for writes, or for reads if `write` is not 0.
    unsafe extern "C" fn access(
        vma: *mut bindings::vm_area_struct,
        addr: c_ulong,
        buf: *mut c_void,
        len: c_int,
        write: c_int,
    ) -> c_int {
        // SAFETY: By the safety requirements.
        let (object, pages) = unsafe { (object_of::<T>(vma), pages_of(vma)) };
        // SAFETY: By the safety requirements, the VMA is stable.
        let start = unsafe { (*vma).__bindgen_anon_1.__bindgen_anon_1.vm_start };
        // C asks for as much as it wants, which may go past the VMA.
        let end = pages.end.min(object.kind().page_count());
        let Some(in_object) = end.checked_sub(pages.start) else {
            return EFAULT.to_errno();
        };
        let at = addr - start;
        let Some(room) = (in_object << PAGE_SHIFT).checked_sub(at) else {
            return EFAULT.to_errno();
        };
        let len = room.min(usize::try_from(len).unwrap_or(0));
        let remote = if write == 0 {
            // SAFETY: By the safety requirements, the buffer is valid for so many bytes, which
            // nobody else has meanwhile.
            Remote::Peek(unsafe {
                buf.cast::<u8>().write_bytes(0, len);
                core::slice::from_raw_parts_mut(buf.cast(), len)
            })
        } else {
            // What is written to a private mapping is not written to the object.
            let may_write = flags::WRITE | flags::SHARED;
            // SAFETY: The VMA is valid.
            if unsafe { load_flags(vma) } & may_write != may_write {
                return EACCES.to_errno();
            }
            // SAFETY: As above, for reads.
            Remote::Poke(unsafe { core::slice::from_raw_parts(buf.cast(), len) })
        };
        let offset = pages.start.checked_mul(PAGE_SIZE);
        let Some(offset) = offset.and_then(|offset| offset.checked_add(at)) else {
            return EFAULT.to_errno();
        };
        match T::access(object, offset, remote, InnerScope::new()) {
            // CAST: It is at most `len`, which was a `c_int`.
            Ok(done) => done.min(len) as c_int,
            Err(err) => err.to_errno(),
        }
    }

    /// # Safety
    ///
    /// The VMA must be one of an object of `T`, and stable.
    unsafe extern "C" fn name(vma: *mut bindings::vm_area_struct) -> *const c_char {
        // SAFETY: By the safety requirements.
        match T::name(unsafe { object_of::<T>(vma) }) {
            Some(name) => name.as_char_ptr(),
            None => core::ptr::null(),
        }
    }

    /// # Safety
    ///
    /// The VMA must be one of an object of `T`, and stable.
    unsafe extern "C" fn pagesize(vma: *mut bindings::vm_area_struct) -> c_ulong {
        // SAFETY: By the safety requirements.
        let size = T::pagesize(unsafe { object_of::<T>(vma) });
        if size.is_power_of_two() && size >= PAGE_SIZE {
            size
        } else {
            PAGE_SIZE
        }
    }
}

/// Lets a driver handle a fault. "Retry" is for one whose lock was given up.
///
/// # Safety
///
/// As for [`Fault::from_raw`].
#[inline]
unsafe fn handle<T: VmOperations>(
    vmf: *mut bindings::vm_fault,
    f: impl FnOnce(Fault<'_, T>) -> bindings::vm_fault_t,
) -> bindings::vm_fault_t {
    let unlocked = Cell::new(None);
    // SAFETY: By the safety requirements.
    let result = match unsafe { Fault::from_raw(vmf, &unlocked) } {
        Some(fault) => f(fault),
        None => return bindings::vm_fault_reason_VM_FAULT_SIGBUS,
    };
    match unlocked.into_inner() {
        // The module is not unloaded while its handler runs. C releases the file when the task is
        // back in user space, or, for a kernel thread, by a work item a moment later.
        Some(file) => {
            drop(file);
            bindings::vm_fault_reason_VM_FAULT_RETRY
        }
        None => result,
    }
}

/// The part of its file that a VMA maps, in pages.
///
/// # Safety
///
/// Nobody else may write the VMA meanwhile.
unsafe fn pages_of(vma: *mut bindings::vm_area_struct) -> Range<usize> {
    // SAFETY: By the safety requirements.
    unsafe {
        let range = &(*vma).__bindgen_anon_1.__bindgen_anon_1;
        let pgoff = (*vma).vm_pgoff;
        pgoff..pgoff + ((range.vm_end - range.vm_start) >> PAGE_SHIFT)
    }
}

/// A VMA of which C holds the mmap lock for writing.
///
/// # Safety
///
/// C must do so for `'a`, and the VMA must be attached.
unsafe fn write_locked<'a>(vma: *mut bindings::vm_area_struct) -> Vma<'a, Write> {
    // SAFETY: By the safety requirements. C calls a driver with a VMA, so it is not null.
    unsafe { Vma::from_raw(NonNull::new_unchecked(vma)) }
}

/// What C takes for a result.
fn errno(result: Result) -> c_int {
    match result {
        Ok(()) => 0,
        Err(err) => err.to_errno(),
    }
}
