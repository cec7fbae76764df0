// SPDX-License-Identifier: GPL-2.0-only

//! From a page to the VMAs that may map it.
//!
//! A folio does not pin its `anon_vma`: that may be freed when the last VMA that maps the folio
//! goes away. So it is reached through a locked folio only, under RCU, by its lock or a reference,
//! and then the folio must be found mapped again. C does all that in one function.
//!
//! Not for modules: `folio_lock_anon_vma_read()` is not exported.
//!
//! C header: [`include/linux/rmap.h`](srctree/include/linux/rmap.h)

use crate::{
    bindings,
    mm::guard::{
        builtin::anon_vma::AnonVmaGuard,
        mmap::{
            MmGuard,
            MmapLockState, //
        },
        order::{
            level::{
                After,
                FolioLock, //
            },
            rights::{
                stays_with_its_task,
                Sealed,
                SharesMmapLock, //
            },
            InnerScope,
            LockScope, //
        },
        rmap::i_mmap::RmapRead, //
    }, //
};
use core::{
    marker::PhantomData,
    ops::Deref,
    ptr::NonNull, //
};
use kernel::{
    error::from_err_ptr,
    prelude::*,
    types::{
        NotThreadSafe,
        Opaque, //
    }, //
};

/// A `struct folio`: pages that are managed as one.
///
/// Its address in the kernel tells the page frame number, up to a constant.
#[repr(transparent)]
pub struct Folio(Opaque<bindings::folio>);

// SAFETY: A shared reference gives access to the reference count, which is atomic, and to the lock.
unsafe impl Sync for Folio {}

/// A reference to a folio, by which it is not freed.
///
/// It is not cloned: C does not look at an overflow of the count, except where it gives the first
/// reference, as [`get_user_folio`] has it. Dropping it gives the reference back, and does not
/// sleep.
///
/// # Invariants
///
/// The value owns a reference to the folio.
pub struct FolioRef(NonNull<Folio>);

// SAFETY: The reference count is atomic, so any task may drop a reference. What needs the lock of
// the folio is reached through its guard only.
unsafe impl Send for FolioRef {}
// SAFETY: As for `Folio`.
unsafe impl Sync for FolioRef {}

impl Deref for FolioRef {
    type Target = Folio;

    #[inline]
    fn deref(&self) -> &Folio {
        // SAFETY: By the type invariants, the folio is valid for as long as the value.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for FolioRef {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this gives back the reference that the value owns.
        unsafe { bindings::rust_guard_folio_put(self.0.as_ptr().cast()) }
    }
}

/// Returns the folio that is mapped at `addr`, an address in bytes, faulting it in if need be.
///
/// Sleeps. The fault may take the lock of the page's VMA, so the mmap lock is not held for writing.
/// C: `get_user_pages_remote()`.
///
/// # Errors
///
/// `EFAULT` if nothing can be mapped there; `EINVAL` for hugetlb, whose folio locks have another
/// place in the order; those of a fault otherwise.
#[inline]
pub fn get_user_folio<S: MmapLockState + SharesMmapLock>(
    mm: &mut MmGuard<'_, S>,
    addr: usize,
) -> Result<FolioRef> {
    // SAFETY: The mm is valid, and its mmap lock is held. C does not release it, as it is not told
    // that it may.
    let folio = unsafe { bindings::rust_guard_get_user_folio(mm.mm().as_raw(), addr) };
    let folio = from_err_ptr(folio)?;
    // INVARIANT: C returned a reference, which goes to the result.
    // SAFETY: It returned a folio, and no null pointer.
    Ok(FolioRef(unsafe { NonNull::new_unchecked(folio.cast()) }))
}

/// The lock of a folio.
///
/// Dropping the guard releases the lock. It does not sleep.
///
/// # Invariants
///
/// The task that made this guard holds the lock of `folio`, and the guard owns that hold.
#[must_use = "the folio lock is released at once if the guard is not kept"]
pub struct LockedFolio<'a> {
    folio: &'a Folio,
    _scope: PhantomData<&'a mut ()>,
    _nts: NotThreadSafe,
}

stays_with_its_task!(LockedFolio);

/// Takes the lock of a folio, under what `held` holds.
///
/// Sleeps until nobody else has it. C: `folio_lock()`.
#[inline]
pub fn folio_lock<'a, G: LockScope>(_held: &'a mut G, folio: &'a Folio) -> LockedFolio<'a>
where
    FolioLock: After<G::Innermost>,
{
    // SAFETY: The folio is valid, as it is borrowed.
    unsafe { bindings::rust_guard_folio_lock(folio.0.get()) };
    // INVARIANT: The lock was just taken.
    LockedFolio {
        folio,
        _scope: PhantomData,
        _nts: NotThreadSafe,
    }
}

impl LockedFolio<'_> {
    /// The offset of the folio, in pages: in its file, or as [`Vma::anon_pgoff`] counts.
    ///
    /// [`Vma::anon_pgoff`]: crate::mm::guard::vma::Vma::anon_pgoff
    #[inline]
    pub fn pgoff(&self) -> usize {
        // SAFETY: By the type invariants, the folio is locked, so its index is not changed.
        unsafe { bindings::rust_guard_folio_index(self.folio.0.get()) }
    }

    /// Takes the lock of the folio's `anon_vma` for reading.
    ///
    /// Returns `None` if the folio is not anonymous, or not mapped any more. Sleeps until the lock
    /// is free. C: `folio_lock_anon_vma_read()`.
    #[inline]
    #[must_use = "the anon_vma lock is released at once if the guard is not kept"]
    pub fn lock_anon_vma_read(&mut self) -> Option<AnonVmaGuard<'_, RmapRead>> {
        // SAFETY: By the type invariants, the folio is valid and locked, as C requires. Without a
        // `struct rmap_walk_control`, C waits for the lock.
        let anon_vma = unsafe {
            bindings::folio_lock_anon_vma_read(self.folio.0.get(), core::ptr::null_mut())
        };
        // SAFETY: The lock was just taken. It keeps the `anon_vma` from being freed, by
        // `anon_vma_free()`, which waits for it.
        NonNull::new(anon_vma).map(|anon_vma| unsafe { AnonVmaGuard::from_raw(anon_vma) })
    }
}

impl Drop for LockedFolio<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the lock, and the guard owns that hold.
        unsafe { bindings::folio_unlock(self.folio.0.get()) };
    }
}

impl Sealed for LockedFolio<'_> {}
#[diagnostic::do_not_recommend]
impl LockScope for LockedFolio<'_> {
    type Innermost = FolioLock;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
