// SPDX-License-Identifier: GPL-2.0-only

//! VMAs that are in no tree: new ones, before they are attached, and the way out of the tree.
//!
//! A detached VMA has one owner, which writes it without a lock until it is attached. Nobody can
//! lock it meanwhile, as its reference count is zero. C detaches a VMA and frees it in one step, so
//! there is no handle of a VMA that was attached before.
//!
//! Not for modules: the functions are in `mm/vma.h`.
//!
//! C source: `mm/vma.c`, `mm/vma_init.c`

use crate::{
    bindings,
    mm::guard::{
        mmap::{
            MmGuard,
            Write, //
        },
        order::{
            assertions::assertion,
            level::{
                After,
                FolioLock, //
            },
            rights::stays_with_its_task,
            LockScope, //
        },
        vma::lock::VmaWriteGuard, //
    }, //
};
use core::{
    ops::Range,
    ptr::NonNull, //
};
use kernel::{
    error::to_result,
    mm::{
        virt::{
            flags,
            vm_flags_t, //
        },
        MmWithUser, //
    },
    page::PAGE_MASK,
    prelude::*,
    types::NotThreadSafe, //
};

/// The flags that a new VMA may have.
///
/// Core mm needs to do nothing more for them. `VM_ACCOUNT` is not one of them, so what is written
/// there is not accounted for as committed memory.
const ALLOWED_FLAGS: vm_flags_t = flags::READ
    | flags::WRITE
    | flags::EXEC
    | flags::MAYREAD
    | flags::MAYWRITE
    | flags::MAYEXEC
    | flags::DONTDUMP
    | flags::DONTCOPY;

assertion! {
    /// A VMA is not attached. C: `vma_assert_detached()`.
    fn assert_detached(vma: *mut bindings::vm_area_struct) {
        bindings::vma_assert_detached(vma);
    }
}

/// A private anonymous VMA that is not attached, of the mm that it was made for.
///
/// Dropping it frees it.
///
/// # Invariants
///
/// `vma` is a detached VMA of `mm`, which this owns. It has no file, no operations and no
/// `anon_vma`. Its range is page-aligned, not empty, and below the mm's limit.
pub struct DetachedVma<'m> {
    vma: NonNull<bindings::vm_area_struct>,
    mm: &'m MmWithUser,
    _nts: NotThreadSafe,
}

stays_with_its_task!(DetachedVma);

impl<'m> DetachedVma<'m> {
    /// Makes a VMA for a range of addresses, in bytes, that is not attached.
    ///
    /// Sleeps, and may wait for memory: so no lock is held that reclaim takes.
    /// C: `vm_area_alloc()`.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the range is empty, not page-aligned, or not in the address space, or if `flags`
    /// has an access without the flag that permits it (`VM_WRITE` without `VM_MAYWRITE`, by which
    /// fork tells that the pages must be copied); `EPERM` for flags other than access and
    /// `VM_DONTDUMP`, `VM_DONTCOPY`; `ENOMEM`.
    #[inline]
    pub fn new<G: LockScope>(
        _held: &mut G,
        mm: &'m MmWithUser,
        range: Range<usize>,
        flags: vm_flags_t,
    ) -> Result<Self>
    where
        FolioLock: After<G::Innermost>,
    {
        if flags & !ALLOWED_FLAGS != 0 {
            return Err(EPERM);
        }
        for (access, may) in [
            (flags::READ, flags::MAYREAD),
            (flags::WRITE, flags::MAYWRITE),
            (flags::EXEC, flags::MAYEXEC),
        ] {
            if flags & (access | may) == access {
                return Err(EINVAL);
            }
        }
        // SAFETY: The mm is valid. `setup_new_exec()` may write the field at the same time, hence
        // the volatile load. Before that it is zero, and every range is refused.
        let task_size =
            unsafe { (&raw const (*mm.as_raw()).__bindgen_anon_1.task_size).read_volatile() };
        if range.is_empty() || (range.start | range.end) & !PAGE_MASK != 0 || range.end > task_size
        {
            return Err(EINVAL);
        }
        // SAFETY: The mm is valid, as it is borrowed.
        let vma = NonNull::new(unsafe { bindings::vm_area_alloc(mm.as_raw()) }).ok_or(ENOMEM)?;
        // SAFETY: The VMA was just made for this mm, and is given up. `vm_area_alloc` gives it no
        // file and no `anon_vma`. `init` sets the range, which was checked, and takes the
        // operations away, before the value is used.
        let mut new = unsafe { Self::from_raw(vma, mm) };
        new.init(range, flags);
        Ok(new)
    }

    /// Fills in a new VMA, with a range that was checked.
    #[inline]
    fn init(&mut self, range: Range<usize>, flags: vm_flags_t) {
        let vma = self.vma.as_ptr();
        // SAFETY: By the type invariants, the VMA is detached, and this owns it. It is in no tree,
        // so the range is no key. A reader under RCU that has found its memory reads none of these
        // fields, as it cannot lock the VMA. `insert_vm_struct` sets the page offsets.
        // INVARIANT: The range was checked. Without operations the VMA is anonymous.
        unsafe {
            (*vma).vm_ops = core::ptr::null();
            (&raw mut (*vma).__bindgen_anon_2.flags)
                .cast::<vm_flags_t>()
                .write(flags);
            (*vma).vm_page_prot = bindings::vm_get_page_prot(flags);
            (*vma).__bindgen_anon_1.__bindgen_anon_1.vm_start = range.start;
            (*vma).__bindgen_anon_1.__bindgen_anon_1.vm_end = range.end;
        }
    }

    /// Makes the handle of a detached VMA.
    ///
    /// # Safety
    ///
    /// `vma` must be a detached VMA of `mm`, from `vm_area_alloc()`, which the caller owns and
    /// gives up. It must have no file and no `anon_vma`. Before it is attached, its operations and
    /// its range must be as the type invariants say.
    #[inline]
    pub unsafe fn from_raw(vma: NonNull<bindings::vm_area_struct>, mm: &'m MmWithUser) -> Self {
        // SAFETY: By the safety requirements, the VMA is valid.
        unsafe { assert_detached(vma.as_ptr()) };
        // INVARIANT: By the safety requirements.
        Self {
            vma,
            mm,
            _nts: NotThreadSafe,
        }
    }

    /// Sets or clears `VM_DONTDUMP` and `VM_DONTCOPY`.
    ///
    /// Those that `flags` has are set, and the others are cleared. Needs no lock.
    ///
    /// # Errors
    ///
    /// `EPERM` if `flags` has another flag. The VMA is then unchanged.
    #[inline]
    pub fn set_flags(&mut self, flags: vm_flags_t) -> Result {
        if flags & !(flags::DONTDUMP | flags::DONTCOPY) != 0 {
            return Err(EPERM);
        }
        // SAFETY: By the type invariants, the VMA is detached, and this owns it: nobody else
        // accesses its flags.
        unsafe {
            let word = (&raw mut (*self.vma.as_ptr()).__bindgen_anon_2.flags).cast::<vm_flags_t>();
            word.write(word.read() & !(flags::DONTDUMP | flags::DONTCOPY) | flags);
        }
        Ok(())
    }

    /// Attaches the VMA to its mm, and returns it write-locked.
    ///
    /// Changes the tree, so no other reference to a VMA of this mm may be left. Sleeps.
    /// C: `insert_vm_struct()`.
    ///
    /// # Errors
    ///
    /// Gives the VMA back, with `EINVAL` if it was made for another mm; `EPERM` if it begins below
    /// `mmap_min_addr`; `ENOMEM` if its range is taken, or there is no memory. As for the kernel's
    /// own mappings, no limit on the number or the size of VMAs is looked at.
    #[inline]
    pub fn attach<'w>(
        self,
        mm: &'w mut MmGuard<'_, Write>,
    ) -> Result<VmaWriteGuard<'w>, (Self, Error)> {
        if !core::ptr::eq(self.mm, mm.mm()) {
            return Err((self, EINVAL));
        }
        // SAFETY: `mm` holds the mmap write lock of the VMA's mm. By the type invariants, the VMA
        // is detached, and as C requires it.
        let result = to_result(unsafe {
            bindings::rust_guard_insert_vm_struct(self.mm.as_raw(), self.vma.as_ptr())
        });
        if let Err(err) = result {
            return Err((self, err));
        }
        let vma = core::mem::ManuallyDrop::new(self).vma;
        // SAFETY: `insert_vm_struct` has write-locked and attached the VMA. `mm` is borrowed
        // exclusively for `'w`, so nothing else uses its lock to detach the VMA, or to make a
        // handle of it.
        Ok(unsafe { VmaWriteGuard::from_raw(vma) })
    }
}

impl Drop for DetachedVma<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, the VMA is detached, and this owns it. It has no file and
        // no `anon_vma` that would have to be given back.
        unsafe { bindings::vm_area_free(self.vma.as_ptr()) };
    }
}

/// Unmaps a range of addresses, in bytes: detaches and frees its VMAs.
///
/// Changes the tree, so no reference to a VMA of this mm may be left. VMAs that reach out of the
/// range are split. Sleeps, also until the readers of those VMAs are gone. C: `do_munmap()`.
///
/// # Errors
///
/// `EINVAL` if the range is empty, not page-aligned, or not in the address space, or if the mm is
/// not that of the current task, which C relies on; `EPERM` if a VMA is sealed; `ENOMEM`; what
/// `may_split()` of a VMA returns that must not be split, which is `EINVAL` for hugetlb.
#[inline]
pub fn munmap(mm: &mut MmGuard<'_, Write>, range: Range<usize>) -> Result {
    // `vms_complete_munmap_vmas()` accounts to `current->mm`.
    if !current!()
        .mm()
        .is_some_and(|current| core::ptr::eq(current, mm.mm()))
    {
        return Err(EINVAL);
    }
    if range.is_empty() || range.end & !PAGE_MASK != 0 {
        return Err(EINVAL);
    }
    // SAFETY: The mmap write lock of this valid mm is held, and the mm is that of the current task,
    // as C requires. No handle of one of its VMAs dangles after this. A handle by the mmap lock
    // borrows `mm`, which is borrowed exclusively here. For the holder of a VMA read lock or of a
    // reverse-mapping lock, C waits before it frees the VMA: for ever, if that is this task by
    // another context. A VMA under RCU alone is freed by RCU.
    to_result(unsafe {
        bindings::do_munmap(
            mm.mm().as_raw(),
            range.start,
            range.end - range.start,
            core::ptr::null_mut(),
        )
    })
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
