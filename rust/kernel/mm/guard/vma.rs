// SPDX-License-Identifier: GPL-2.0-only

//! A VMA, and what the lock that it is held by allows.
//!
//! # The lock protocol
//!
//! An address space (`struct mm_struct`) has one `mmap_lock`, a read/write semaphore. Each of its
//! VMAs (`struct vm_area_struct`) has a VMA lock, made of a reference count and a sequence number.
//!
//! | held                       | guard                             | the VMA is stable | write |
//! |----------------------------|-----------------------------------|-------------------|-------|
//! | nothing                    | none: no VMA can be named         | no                | no    |
//! | mmap read lock             | [`MmGuard<Read>`]                 | yes               | no    |
//! | mmap lock, downgraded      | [`MmGuard<Downgraded>`]           | yes               | no    |
//! | mmap write lock            | [`MmGuard<Write>`]                | yes               | no    |
//! | VMA read lock              | [`VmaReadGuard`]                  | yes               | no    |
//! | mmap write, VMA write lock | [`VmaWriteGuard`]                 | yes               | yes   |
//!
//! The same table, as the compiler reads it, is in [`rights`].
//!
//! Locks are taken through a [`LockContext`], one for a task and an mm. Each guard borrows it
//! exclusively, so a lock that must not be taken cannot be named:
//!
//! - The mmap lock is never waited for while a VMA read lock of that mm is held. The holder of the
//!   mmap write lock may be waiting, in `vma_start_write()`, for this very reader.
//! - The mmap lock is not taken twice, not even for reading: a writer that queues in between stops
//!   the second reader.
//! - A VMA write lock has no release of its own. It ends when the mmap write lock is dropped or
//!   downgraded, and so [`VmaWriteGuard`] borrows the guard of that.
//!
//! Further locks, of the reverse mapping, of page tables or of a user's own, are taken in the scope
//! of the guard that is held ([`LockScope`]), in the order of the table in [`level`].
//!
//! C header: [`include/linux/mm_types.h`](srctree/include/linux/mm_types.h)
//!
//! [`LockContext`]: crate::mm::guard::order::LockContext
//! [`LockScope`]: crate::mm::guard::order::LockScope
//! [`MmGuard<Downgraded>`]: crate::mm::guard::mmap::MmGuard
//! [`MmGuard<Read>`]: crate::mm::guard::mmap::MmGuard
//! [`MmGuard<Write>`]: crate::mm::guard::mmap::MmGuard
//! [`VmaReadGuard`]: lock::VmaReadGuard
//! [`VmaWriteGuard`]: lock::VmaWriteGuard
//! [`level`]: crate::mm::guard::order::level
//! [`rights`]: crate::mm::guard::order::rights

pub mod lock;
pub mod pair;
pub mod range;
pub mod rcu;
pub mod stable;
pub mod unstable;
pub mod walk;

use crate::{
    bindings,
    mm::guard::order::rights::{
        stays_with_its_task,
        FreezesRange,
        MayWriteMost,
        SeesPfns,
        Stabilises, //
    }, //
};
use core::{
    marker::PhantomData,
    ptr::NonNull, //
};
use kernel::{
    error::from_err_ptr,
    fs::LocalFile,
    mm::{
        virt::{
            flags,
            vm_flags_t, //
        },
        Mm, //
    },
    prelude::*,
    str::CStr,
    sync::atomic::{
        atomic_load,
        Relaxed, //
    },
    types::NotThreadSafe, //
};

/// A `struct vm_area_struct` that is held by the lock `L`, for as long as `'g`.
///
/// `L` is the state of a lock, which has some of the rights in
/// [`rights`](crate::mm::guard::order::rights). The handle does not own the lock; it
/// borrows the guard that does, and it cannot be copied out of it.
///
/// # Invariants
///
/// `vma` points at a VMA, and for `'g` the task that made this handle holds the locks that `L`
/// names, for this VMA and its mm. Unless `L` is a reverse-mapping lock, the VMA is attached.
pub struct Vma<'g, L: FreezesRange> {
    vma: NonNull<bindings::vm_area_struct>,
    _held: PhantomData<&'g L>,
    // The lock belongs to the task that took it.
    _nts: NotThreadSafe,
}

stays_with_its_task!(Vma<L: FreezesRange>);

impl<'g, L: FreezesRange> Vma<'g, L> {
    /// Makes the handle of a VMA that is locked.
    ///
    /// # Safety
    ///
    /// `vma` must point at a VMA, and for `'g` the calling task must hold the locks that `L` names,
    /// for this VMA and its mm. Unless `L` is a reverse-mapping lock, the VMA must be attached. If
    /// `L` allows writes, there must be no other handle of the VMA in use for `'g`, except by a
    /// reverse-mapping lock: such a handle reads what may be written as unstable.
    #[inline]
    pub unsafe fn from_raw(vma: NonNull<bindings::vm_area_struct>) -> Self {
        // SAFETY: By the safety requirements, the VMA is valid, and so is its mm.
        unsafe { L::assert_held(vma.as_ptr()) };
        // INVARIANT: By the safety requirements.
        Self {
            vma,
            _held: PhantomData,
            _nts: NotThreadSafe,
        }
    }

    /// Returns the C pointer, which is not null.
    #[inline]
    pub(in crate::mm) fn as_non_null(&self) -> NonNull<bindings::vm_area_struct> {
        self.vma
    }

    /// Returns the C pointer.
    ///
    /// It is valid for as long as the lock is held. The lock says what may be done with it.
    #[inline]
    pub fn as_ptr(&self) -> *mut bindings::vm_area_struct {
        self.vma.as_ptr()
    }

    /// The first address of the VMA, in bytes, page-aligned (`vm_start`).
    #[inline]
    pub fn start(&self) -> usize {
        // SAFETY: By the type invariants, a lock is held that every writer of this field excludes:
        // it takes the mmap, VMA and reverse-mapping locks for writing.
        unsafe { (*self.as_ptr()).__bindgen_anon_1.__bindgen_anon_1.vm_start }
    }

    /// The first address after the VMA, in bytes, page-aligned (`vm_end`).
    #[inline]
    pub fn end(&self) -> usize {
        // SAFETY: As in `start`.
        unsafe { (*self.as_ptr()).__bindgen_anon_1.__bindgen_anon_1.vm_end }
    }

    /// The offset of the VMA in its file, in pages (`vm_pgoff`).
    ///
    /// Without a file it is the page number of the address at which the VMA was first mapped.
    /// `None` for a private PFN map, where the field may contain a page frame number: that is for
    /// [`pgoff_or_pfn`](Self::pgoff_or_pfn).
    #[inline]
    pub fn pgoff(&self) -> Option<usize> {
        // SAFETY: By the type invariants, the VMA is valid. Writers of the flags store the word at
        // once, or set a bit atomically.
        let flags = unsafe { load_flags(self.as_ptr()) };
        // `mmap()` sets these two flags before the VMA is in a tree, and they are not changed
        // later.
        let private_pfns = flags & (flags::PFNMAP | flags::SHARED) == flags::PFNMAP;
        // SAFETY: As in `start`. The writer that takes no reverse-mapping lock (`mremap()`) first
        // takes the VMA out of all its trees.
        (!private_pfns).then(|| unsafe { (*self.as_ptr()).vm_pgoff })
    }

    /// As [`pgoff`](Self::pgoff), of any VMA: in a private PFN map it may be the first PFN.
    #[inline]
    pub fn pgoff_or_pfn(&self, _who: &SeesPfns) -> usize {
        // SAFETY: As in `pgoff`.
        unsafe { (*self.as_ptr()).vm_pgoff }
    }

    /// Whether the VMA belongs to `mm` (`vm_mm`), which does not change.
    #[inline]
    pub fn belongs_to(&self, mm: &Mm) -> bool {
        // SAFETY: By the type invariants, the VMA is valid, and a lock keeps it from being freed.
        // The field is written only when the VMA is made.
        unsafe { (*self.as_ptr()).vm_mm == mm.as_raw() }
    }
}

/// Loads the flags as they are at one moment.
///
/// # Safety
///
/// The VMA must be valid. A concurrent writer must store the word at once, or set a bit atomically.
#[inline]
pub(in crate::mm::guard) unsafe fn load_flags(vma: *mut bindings::vm_area_struct) -> vm_flags_t {
    // SAFETY: The VMA is valid, so the field can be projected to.
    let flags = unsafe { &raw mut (*vma).__bindgen_anon_2.flags };
    // SAFETY: The field is valid and aligned, and writers store it at once.
    unsafe { atomic_load(flags.cast::<vm_flags_t>(), Relaxed) }
}

impl<L: Stabilises> Vma<'_, L> {
    /// The flags, a combination of the constants in [`flags`] (`vm_flags`).
    ///
    /// `VM_MAYBE_GUARD` may be set at any time, as any VMA or mmap lock allows that. No other flag
    /// changes while the lock is held.
    #[inline]
    pub fn flags(&self) -> vm_flags_t {
        // SAFETY: By the type invariants, the VMA is stable. Writers hold the VMA write lock,
        // except for `vma_set_atomic_flag()`, which sets a bit atomically.
        unsafe { load_flags(self.as_ptr()) }
    }

    /// The protection bits that new page-table entries get (`vm_page_prot`).
    #[inline]
    pub fn page_prot(&self) -> bindings::pgprot_t {
        // SAFETY: By the type invariants, the VMA is valid. Core mm writes the field under the VMA
        // write lock, but a fault handler may write it beside this lock (`spufs_mem_mmap_fault()`
        // does), hence the volatile load.
        unsafe { (&raw const (*self.as_ptr()).vm_page_prot).read_volatile() }
    }

    /// Whether the VMA maps anonymous memory, with no driver or file system behind it.
    ///
    /// C: `vma_is_anonymous()`.
    #[inline]
    pub fn is_anonymous(&self) -> bool {
        // SAFETY: By the type invariants, the VMA is attached, and its lock is held. `mmap()`
        // writes `vm_ops` before the VMA is in the tree, or under the VMA write lock that it took
        // for that. `vma_close()` writes it when the VMA is write-locked and detached.
        unsafe { (*self.as_ptr()).vm_ops.is_null() }
    }

    /// Whether a memory policy is set for this VMA (`vm_policy`).
    #[cfg(CONFIG_NUMA)]
    #[inline]
    pub fn has_policy(&self) -> bool {
        // SAFETY: By the type invariants, the VMA is stable. Writers hold the VMA write lock.
        unsafe { !(*self.as_ptr()).vm_policy.is_null() }
    }

    /// Whether automatic NUMA balancing has begun to scan this VMA (`numab_state`).
    ///
    /// It begins once, under the mmap read lock, so it may have begun since.
    #[cfg(CONFIG_NUMA_BALANCING)]
    #[inline]
    pub fn has_numab_state(&self) -> bool {
        // SAFETY: By the type invariants, the VMA is valid. The field is set once, by a
        // compare-and-exchange, hence the volatile load.
        unsafe {
            !(&raw const (*self.as_ptr()).numab_state)
                .read_volatile()
                .is_null()
        }
    }

    /// Whether the VMA is registered with a userfaultfd (`vm_userfaultfd_ctx`).
    #[cfg(CONFIG_USERFAULTFD)]
    #[inline]
    pub fn has_userfaultfd_ctx(&self) -> bool {
        // SAFETY: By the type invariants, the VMA is stable. Writers hold the VMA write lock.
        unsafe { !(*self.as_ptr()).vm_userfaultfd_ctx.ctx.is_null() }
    }

    /// What swap-in remembers to read ahead by: an address and a window, packed
    /// (`swap_readahead_info`).
    ///
    /// Faults may write it at any time.
    #[cfg(CONFIG_SWAP)]
    #[inline]
    pub fn swap_readahead_info(&self) -> usize {
        // SAFETY: By the type invariants, the VMA is valid.
        let info = unsafe { &raw mut (*self.as_ptr()).swap_readahead_info.counter };
        // SAFETY: The field is valid and aligned, and all its accesses are atomic.
        unsafe { atomic_load(info, Relaxed) as usize }
    }

    /// Whether the VMA has an `anon_vma`: whether a private page was ever faulted in, here or in a
    /// parent.
    ///
    /// A fault in another task may set it at any time, under the mmap read lock. It is not unset
    /// while the lock is held that `L` names.
    #[inline]
    pub fn has_anon_vma(&self) -> bool {
        // SAFETY: By the type invariants, the VMA is valid. Faults set the field once, by
        // `smp_store_release()`, hence the volatile load.
        unsafe {
            !(&raw const (*self.as_ptr()).anon_vma)
                .read_volatile()
                .is_null()
        }
    }

    /// Whether the VMA is linked to any `anon_vma`, of its own or of a parent (`anon_vma_chain`).
    ///
    /// Faults extend the list, so only a holder of the mmap write lock may read it.
    #[inline]
    pub fn has_anon_vma_chain(&self) -> bool
    where
        L: MayWriteMost,
    {
        // SAFETY: By the type invariants, the VMA is valid. By the bound, the mmap write lock is
        // held, and whoever changes the list of a VMA holds the mmap lock of its mm.
        unsafe {
            let list = &raw mut (*self.as_ptr()).anon_vma_chain;
            (*list).next != list
        }
    }

    /// The mapped file, or `None` without one (`vm_file`).
    ///
    /// A counted reference, `ARef::from`, may outlive the lock.
    #[inline]
    pub fn file(&self) -> Option<&LocalFile> {
        // SAFETY: By the type invariants, the VMA is attached. `vm_file` is set before that, and is
        // not changed later.
        let file = unsafe { (*self.as_ptr()).vm_file };
        if file.is_null() {
            return None;
        }
        // SAFETY: The VMA holds a reference to its file, for as long as it is stable, which is
        // while `self` is borrowed. With that reference, a later `fdget_pos()` of any task takes
        // the lock of the file's position. An earlier one may still run without it, as beside
        // `LocalFile::fget()`. That is harmless: `LocalFile` gives no access to the position.
        Some(unsafe { LocalFile::from_raw_file(file) })
    }

    /// Whether the VMA maps a file (`vm_file`).
    #[inline]
    pub fn has_file(&self) -> bool {
        // SAFETY: As in `file`.
        unsafe { !(*self.as_ptr()).vm_file.is_null() }
    }

    /// The path of the mapped file, as `/proc/PID/maps` shows it, or `None` without a file.
    ///
    /// The path is built at the end of `buf`. Does not sleep. C: `d_path()` of `file_user_path()`.
    ///
    /// # Errors
    ///
    /// `ENAMETOOLONG` if the path and its NUL do not fit in `buf`.
    pub fn file_path<'b>(&self, buf: &'b mut [u8]) -> Result<Option<&'b CStr>> {
        // SAFETY: As in `file`.
        let file = unsafe { (*self.as_ptr()).vm_file };
        if file.is_null() {
            return Ok(None);
        }
        let len = c_int::try_from(buf.len()).unwrap_or(c_int::MAX);
        // SAFETY: The VMA holds a reference to its file for as long as it is stable, and the file
        // holds one to its path. `buf` is valid for writes of `len` bytes.
        let path = from_err_ptr(unsafe {
            bindings::d_path(
                bindings::file_user_path(file),
                buf.as_mut_ptr().cast::<c_char>(),
                len,
            )
        })?;
        // SAFETY: On success `d_path` returns a pointer into `buf`, to a NUL-terminated string.
        Ok(Some(unsafe { CStr::from_char_ptr(path) }))
    }

    /// The name that user space gave to this anonymous VMA with `PR_SET_VMA_ANON_NAME`, if any
    /// (`anon_name`).
    ///
    /// Without `CONFIG_ANON_VMA_NAME` there are no such names.
    #[inline]
    pub fn anon_name(&self) -> Option<&CStr> {
        #[cfg(CONFIG_ANON_VMA_NAME)]
        {
            // SAFETY: By the type invariants, the VMA is stable. Writers hold the VMA write lock.
            let name = unsafe { (*self.as_ptr()).anon_name };
            if !name.is_null() {
                // SAFETY: The VMA holds a reference to the name, which is NUL-terminated and never
                // modified. The field is not written while the lock is held, so the VMA keeps that
                // reference while `self` is borrowed.
                return Some(unsafe { CStr::from_char_ptr((*name).name.as_ptr()) });
            }
        }
        None
    }

    /// The name that the kernel or a driver gives to this VMA, such as `[vdso]`, if any.
    ///
    /// C: `vma->vm_ops->name()`, which must not sleep as it may run under RCU.
    pub fn special_name(&self) -> Option<&CStr> {
        // SAFETY: The field is read as in `is_anonymous`. Nobody writes the operations. The VMA's
        // file keeps their module, and those of a VMA without a file are the kernel's own.
        let ops = unsafe { (*self.as_ptr()).vm_ops.as_ref() }?;
        let name = ops.name?;
        // SAFETY: The callback gets a VMA that it belongs to and that is stable, as from
        // `/proc/PID/maps`.
        let name = unsafe { name(self.as_ptr()) };
        if name.is_null() {
            return None;
        }
        // SAFETY: The callback returns a NUL-terminated string that lives as long as the VMA, which
        // stays attached while `self` is borrowed.
        Some(unsafe { CStr::from_char_ptr(name) })
    }

    /// Whether the VMA is the heap of its process, set up by `brk`.
    ///
    /// Unless the mmap write lock is held, the answer may be out of date: `brk(2)` and `prctl(2)`
    /// move the heap. C: `vma_is_initial_heap()`.
    #[inline]
    pub fn is_initial_heap(&self) -> bool {
        // SAFETY: By the type invariants, the VMA is stable, and a stable VMA has a valid mm.
        unsafe { bindings::vma_is_initial_heap(self.as_ptr()) }
    }

    /// Whether the VMA is the stack with which the process began.
    ///
    /// Unless the mmap write lock is held, the answer may be out of date, by `prctl(2)`.
    /// C: `vma_is_initial_stack()`.
    #[inline]
    pub fn is_initial_stack(&self) -> bool {
        // SAFETY: By the type invariants, the VMA is stable, and a stable VMA has a valid mm.
        unsafe { bindings::vma_is_initial_stack(self.as_ptr()) }
    }

    /// Sets flags of an attached VMA.
    ///
    /// Only `VM_DONTDUMP` and `VM_DONTCOPY` may be set: core mm must act on every other flag. Does
    /// not sleep. C: `vm_flags_set()`.
    ///
    /// # Errors
    ///
    /// `EPERM` if `set` has another flag, or if it has `VM_DONTCOPY` and the VMA is sealed, as a
    /// child must get the content of such a VMA. The VMA is then unchanged.
    #[inline]
    pub fn set_flags(&mut self, set: vm_flags_t) -> Result
    where
        L: MayWriteMost,
    {
        if set & !WRITABLE_FLAGS != 0 || (set & flags::DONTCOPY != 0 && self.flags() & SEALED != 0)
        {
            return Err(EPERM);
        }
        // SAFETY: By the type invariants and the bound, the mmap write lock and the VMA write lock
        // are held, as C requires. The flags concern only core dumps and fork.
        unsafe { bindings::vm_flags_set(self.as_ptr(), set) };
        Ok(())
    }

    /// Clears flags of an attached VMA.
    ///
    /// Only `VM_DONTDUMP` and `VM_DONTCOPY` may be cleared, and only where `madvise(2)` would.
    /// Does not sleep. C: `vm_flags_clear()`.
    ///
    /// # Errors
    ///
    /// `EPERM` if `clear` has another flag; `EINVAL` if the VMA is a driver's special one (any of
    /// `VM_SPECIAL`), or has `VM_DROPPABLE` and `clear` has `VM_DONTDUMP`. The VMA is then
    /// unchanged.
    #[inline]
    pub fn clear_flags(&mut self, clear: vm_flags_t) -> Result
    where
        L: MayWriteMost,
    {
        if clear & !WRITABLE_FLAGS != 0 {
            return Err(EPERM);
        }
        let has = self.flags();
        if has & SPECIAL != 0 || (clear & flags::DONTDUMP != 0 && has & DROPPABLE != 0) {
            return Err(EINVAL);
        }
        // SAFETY: As in `set_flags`.
        unsafe { bindings::vm_flags_clear(self.as_ptr(), clear) };
        Ok(())
    }

    /// Sets the protection bits that new page-table entries get (`vm_page_prot`).
    ///
    /// # Safety
    ///
    /// `prot` must give user space no access that the VMA's flags do not give, and no memory type
    /// that conflicts with other mappings of the same pages.
    #[inline]
    pub unsafe fn set_page_prot(&mut self, prot: bindings::pgprot_t)
    where
        L: MayWriteMost,
    {
        // SAFETY: By the type invariants and the bound, the mmap write lock and the VMA write lock
        // are held, so only reverse-mapping walks read this field at the same time. They load it
        // with `READ_ONCE()`, hence the volatile store, as in `vma_set_page_prot()`.
        unsafe { (&raw mut (*self.as_ptr()).vm_page_prot).write_volatile(prot) };
    }
}

/// The flags that may be changed on an attached VMA.
const WRITABLE_FLAGS: vm_flags_t = flags::DONTDUMP | flags::DONTCOPY;

/// `VM_SPECIAL`: a driver's VMA, of which core mm does not know enough to copy or to dump it.
///
/// `madvise(2)` dumps hugetlb VMAs nevertheless, which have one of these; this does not.
const SPECIAL: vm_flags_t = flags::IO | flags::DONTEXPAND | flags::PFNMAP | flags::MIXEDMAP;

/// `VM_DROPPABLE`: the pages may be dropped, and are often secret.
#[cfg(CONFIG_64BIT)]
const DROPPABLE: vm_flags_t = 1 << bindings::VMA_DROPPABLE_BIT;
/// There is no such flag.
#[cfg(not(CONFIG_64BIT))]
const DROPPABLE: vm_flags_t = flags::NONE;

/// `VM_SEALED`: user space has asked that the VMA stays as it is.
#[cfg(CONFIG_64BIT)]
const SEALED: vm_flags_t = 1 << bindings::VMA_SEALED_BIT;
/// There is no such flag.
#[cfg(not(CONFIG_64BIT))]
const SEALED: vm_flags_t = flags::NONE;

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
