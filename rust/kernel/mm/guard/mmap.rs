// SPDX-License-Identifier: GPL-2.0-only

//! The mmap lock.
//!
//! `mm->mmap_lock` is a read/write semaphore. Its writer alone may take VMA write locks, and they
//! all end when it lets go.
//!
//! | held       | another reader | another downgraded holder | another writer |
//! |------------|----------------|---------------------------|----------------|
//! | read       | shares         | shares                    | waits          |
//! | downgraded | shares         | cannot be                 | waits          |
//! | write      | waits          | cannot be                 | waits          |
//!
//! There is no upgrade, and no try form of the write lock.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

pub mod iter;
pub mod pair;
pub mod pid;
pub mod speculate;

use crate::{
    bindings,
    mm::guard::{
        mmap::iter::VmaIter,
        order::{
            assertions::assertion,
            level::{
                After,
                LockLevel,
                MmapLock,
                VmaLock, //
            },
            rights::{
                lock_states,
                stays_with_its_task,
                ExcludesDowngraded,
                Sealed,
                SharesMmapLock,
                Stabilises, //
            },
            InnerScope,
            LockContext,
            LockScope, //
        },
        vma::Vma, //
    }, //
};
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::NonNull, //
};
use kernel::{
    error::to_result,
    mm::MmWithUser,
    prelude::*,
    types::NotThreadSafe, //
};

/// The mmap lock is held for reading.
pub enum Read {}

/// The mmap lock was held for writing and has been downgraded, and was not free in between.
///
/// Two tasks cannot both hold the mmap lock of one mm like this, as each was its writer and has not
/// released it since. What relies on that does not take [`Read`]: [`MmGuard::total_vm`].
pub enum Downgraded {}

/// The mmap lock is held for writing.
///
/// This alone does not allow a write to a VMA: page faults that hold the VMA read lock run on.
pub enum Write {}

lock_states! {
    Read asserts assert_mmap_locked: Stabilises SharesMmapLock;
    Downgraded asserts assert_mmap_locked: Stabilises SharesMmapLock ExcludesDowngraded;
    Write asserts assert_mmap_write_locked: Stabilises ExcludesDowngraded;
}

assertion! {
    /// The mmap lock of an mm is held. C: `mmap_assert_locked()`.
    fn assert_mm_locked(mm: *mut bindings::mm_struct) {
        bindings::mmap_assert_locked(mm);
    }
}

assertion! {
    /// The mmap lock of an mm is held for writing. C: `mmap_assert_write_locked()`.
    fn assert_mm_write_locked(mm: *mut bindings::mm_struct) {
        bindings::mmap_assert_write_locked(mm);
    }
}

assertion! {
    /// The mmap lock of a VMA's mm is held. C: `mmap_assert_locked()`.
    fn assert_mmap_locked(vma: *mut bindings::vm_area_struct) {
        assert_mm_locked((*vma).vm_mm);
    }
}

assertion! {
    /// The mmap lock of an attached VMA's mm is held for writing.
    /// C: `mmap_assert_write_locked()`, `vma_assert_attached()`.
    fn assert_mmap_write_locked(vma: *mut bindings::vm_area_struct) {
        assert_mm_write_locked((*vma).vm_mm);
        bindings::vma_assert_attached(vma);
    }
}

/// A state in which the mmap lock is held: [`Read`], [`Downgraded`], [`Write`], or `ReadBesideVma`.
///
/// # Safety
///
/// `unlock` must release a mmap lock that is held in this state. `assert_mm_held` must not report
/// one that is.
pub unsafe trait MmapLockState: Stabilises {
    /// The innermost lock that the holder of the mmap lock in this state has.
    type Innermost: LockLevel;

    /// Releases the mmap lock.
    ///
    /// # Safety
    ///
    /// The calling task must hold the mmap lock of `mm` in this state, give it up with this call,
    /// and `mm` must be valid.
    #[doc(hidden)]
    unsafe fn unlock(mm: *mut bindings::mm_struct);

    /// Asserts that the mmap lock is held in this state, in a kernel with `CONFIG_DEBUG_VM`.
    ///
    /// [`assert_held`] does for the mm of a VMA, and tells what is not reported.
    ///
    /// [`assert_held`]: crate::mm::guard::order::rights::FreezesRange::assert_held
    ///
    /// # Safety
    ///
    /// `mm` must be valid.
    unsafe fn assert_mm_held(mm: *mut bindings::mm_struct);
}

// SAFETY: `mmap_read_unlock` releases a read lock.
unsafe impl MmapLockState for Read {
    type Innermost = MmapLock;

    #[inline]
    unsafe fn unlock(mm: *mut bindings::mm_struct) {
        // SAFETY: By the safety requirements, the caller holds the read lock and gives it up.
        unsafe { bindings::mmap_read_unlock(mm) }
    }

    #[inline]
    unsafe fn assert_mm_held(mm: *mut bindings::mm_struct) {
        // SAFETY: By the safety requirements, the mm is valid.
        unsafe { assert_mm_locked(mm) }
    }
}

// SAFETY: A downgraded write lock is a read lock to `mmap_read_unlock`.
unsafe impl MmapLockState for Downgraded {
    type Innermost = MmapLock;

    #[inline]
    unsafe fn unlock(mm: *mut bindings::mm_struct) {
        // SAFETY: By the safety requirements, the caller holds the downgraded lock and gives it up.
        unsafe { bindings::mmap_read_unlock(mm) }
    }

    #[inline]
    unsafe fn assert_mm_held(mm: *mut bindings::mm_struct) {
        // SAFETY: By the safety requirements, the mm is valid.
        unsafe { assert_mm_locked(mm) }
    }
}

// SAFETY: `mmap_write_unlock` releases a write lock.
unsafe impl MmapLockState for Write {
    // VMA write locks last as long as this does, and longer than their guards.
    type Innermost = VmaLock;

    #[inline]
    unsafe fn unlock(mm: *mut bindings::mm_struct) {
        // SAFETY: By the safety requirements, the caller holds the write lock and gives it up.
        unsafe { bindings::mmap_write_unlock(mm) }
    }

    #[inline]
    unsafe fn assert_mm_held(mm: *mut bindings::mm_struct) {
        // SAFETY: By the safety requirements, the mm is valid.
        unsafe { assert_mm_write_locked(mm) }
    }
}

/// The mmap lock of an mm, held in state `S`: [`Read`], [`Downgraded`] or [`Write`].
///
/// Dropping the guard releases the lock. It does not sleep.
///
/// # Examples
///
/// ```
/// use kernel::mm::{
///     guard::order::LockContext,
///     MmWithUser, //
/// };
///
/// /// Tells whether a file is mapped at `addr`.
/// fn is_file(mm: &MmWithUser, addr: usize) -> Result<bool> {
///     let mut ctx = LockContext::new(mm);
///     let mm = ctx.mmap_read_lock_killable()?;
///     Ok(mm.vma_lookup(addr).is_some_and(|vma| vma.has_file()))
/// }
/// ```
///
/// # Invariants
///
/// The task that made this guard holds the mmap lock of `mm` in state `S`, and the guard owns that
/// hold.
#[must_use = "the mmap lock is released at once if the guard is not kept"]
pub struct MmGuard<'c, S: MmapLockState> {
    mm: &'c MmWithUser,
    _state: PhantomData<S>,
    // The mmap lock is released by the task that took it.
    _nts: NotThreadSafe,
}

stays_with_its_task!(MmGuard<S: MmapLockState>);

impl<H: LockLevel> LockContext<'_, H> {
    /// Takes the mmap lock for reading.
    ///
    /// Sleeps until no writer has it. C: `mmap_read_lock()`.
    #[inline]
    pub fn mmap_read_lock(&mut self) -> MmGuard<'_, Read>
    where
        MmapLock: After<H>,
    {
        // SAFETY: `mm` is valid, as `self` borrows it.
        unsafe { bindings::mmap_read_lock(self.mm.as_raw()) };
        // SAFETY: The read lock was just taken.
        unsafe { MmGuard::from_raw(self.mm) }
    }

    /// Takes the mmap lock for reading, unless the task is killed first.
    ///
    /// Sleeps until no writer has it. C: `mmap_read_lock_killable()`.
    ///
    /// # Errors
    ///
    /// `EINTR` if a fatal signal came first. The lock is then not held.
    #[inline]
    pub fn mmap_read_lock_killable(&mut self) -> Result<MmGuard<'_, Read>>
    where
        MmapLock: After<H>,
    {
        // SAFETY: `mm` is valid, as `self` borrows it.
        to_result(unsafe { bindings::mmap_read_lock_killable(self.mm.as_raw()) })?;
        // SAFETY: The read lock was just taken.
        Ok(unsafe { MmGuard::from_raw(self.mm) })
    }

    /// Takes the mmap lock for reading if that is possible at once.
    ///
    /// Does not sleep. C: `mmap_read_trylock()`.
    ///
    /// # Errors
    ///
    /// Gives the context back if the lock is not free at once.
    #[inline]
    pub fn mmap_read_trylock(&mut self) -> Result<MmGuard<'_, Read>, &mut Self>
    where
        MmapLock: After<H>,
    {
        self.assert_none_held();
        // SAFETY: `mm` is valid, as `self` borrows it.
        if unsafe { bindings::mmap_read_trylock(self.mm.as_raw()) } {
            // SAFETY: The read lock was just taken.
            Ok(unsafe { MmGuard::from_raw(self.mm) })
        } else {
            Err(self)
        }
    }

    /// Takes the mmap lock for writing.
    ///
    /// Sleeps until nobody else has it. C: `mmap_write_lock()`.
    #[inline]
    pub fn mmap_write_lock(&mut self) -> MmGuard<'_, Write>
    where
        MmapLock: After<H>,
    {
        // SAFETY: `mm` is valid, as `self` borrows it.
        unsafe { bindings::mmap_write_lock(self.mm.as_raw()) };
        // SAFETY: The write lock was just taken.
        unsafe { MmGuard::from_raw(self.mm) }
    }

    /// Takes the mmap lock for writing, unless the task is killed first.
    ///
    /// Sleeps until nobody else has it. C: `mmap_write_lock_killable()`.
    ///
    /// # Errors
    ///
    /// `EINTR` if a fatal signal came first. The lock is then not held.
    #[inline]
    pub fn mmap_write_lock_killable(&mut self) -> Result<MmGuard<'_, Write>>
    where
        MmapLock: After<H>,
    {
        // SAFETY: `mm` is valid, as `self` borrows it.
        to_result(unsafe { bindings::mmap_write_lock_killable(self.mm.as_raw()) })?;
        // SAFETY: The write lock was just taken.
        Ok(unsafe { MmGuard::from_raw(self.mm) })
    }
}

impl<'c, S: MmapLockState> MmGuard<'c, S> {
    /// Makes the guard of a lock that is held.
    ///
    /// # Safety
    ///
    /// The calling task must hold the mmap lock of `mm` in state `S`, and must leave its release
    /// to the guard.
    #[inline]
    pub unsafe fn from_raw(mm: &'c MmWithUser) -> Self {
        // SAFETY: `mm` is valid, as it is borrowed.
        unsafe { S::assert_mm_held(mm.as_raw()) };
        // INVARIANT: By the safety requirements.
        Self {
            mm,
            _state: PhantomData,
            _nts: NotThreadSafe,
        }
    }

    /// The mm whose lock this is.
    ///
    /// Not public: its own lock methods would reach past this guard.
    #[inline]
    pub(in crate::mm::guard) fn mm(&self) -> &'c MmWithUser {
        self.mm
    }

    /// Whether another task waits for this lock.
    ///
    /// A caller that holds the lock for long may ask, and release it. Does not sleep.
    /// C: `mmap_lock_is_contended()`.
    #[inline]
    pub fn is_contended(&self) -> bool {
        // SAFETY: `mm` is valid, as `self` borrows it.
        unsafe { bindings::mmap_lock_is_contended(self.mm.as_raw()) != 0 }
    }

    /// Looks up the VMA that contains `addr`, an address in bytes.
    ///
    /// Returns `None` if no VMA of this mm contains it; the gate VMA is no mm's. Does not sleep.
    /// C: `vma_lookup()`.
    #[inline]
    pub fn vma_lookup(&self, addr: usize) -> Option<Vma<'_, S>> {
        // SAFETY: By the type invariants, the mmap lock of this valid mm is held.
        let vma = NonNull::new(unsafe { bindings::vma_lookup(self.mm.as_raw(), addr) })?;
        // SAFETY: A VMA found in the tree under the mmap lock is attached, and stays so while the
        // lock is held, for which the returned value borrows `self`.
        Some(unsafe { Vma::from_raw(vma) })
    }

    /// Iterates over the VMAs of the mm that end after `from`, an address in bytes.
    ///
    /// They come in the order of their addresses. Does not sleep. C: `for_each_vma()`.
    #[inline]
    pub fn vmas(&self, from: usize) -> VmaIter<'_, S> {
        VmaIter::new(self, from)
    }

    /// How many pages the VMAs of the mm have together (`total_vm`).
    ///
    /// Not for a reader: `munmap()` takes VMAs out of the tree, downgrades the lock, and only then
    /// takes their pages off this number.
    #[inline]
    pub fn total_vm(&self) -> usize
    where
        S: ExcludesDowngraded,
    {
        // SAFETY: `mm` is valid, as `self` borrows it. Writers of the field hold the mmap lock for
        // writing, or have downgraded it. By the bound, no other task does.
        unsafe { (*self.mm.as_raw()).__bindgen_anon_1.total_vm }
    }
}

impl<'c> MmGuard<'c, Write> {
    /// Downgrades the write lock, so that readers may come in beside this task.
    ///
    /// All VMA write locks of the mm end. The lock is not free in between, so no other writer comes
    /// before the holder of the result. Does not sleep. C: `mmap_write_downgrade()`.
    #[inline]
    pub fn downgrade(self) -> MmGuard<'c, Downgraded> {
        let this = ManuallyDrop::new(self);
        // SAFETY: By the type invariants, this task holds the write lock. The guard is consumed,
        // and does not release it.
        unsafe { bindings::mmap_write_downgrade(this.mm.as_raw()) };
        // SAFETY: The lock was just downgraded. It is still held, and its release goes to the
        // result.
        unsafe { MmGuard::from_raw(this.mm) }
    }
}

impl<S: MmapLockState> Drop for MmGuard<'_, S> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the lock in state `S`, and the guard owns
        // that hold, which ends here. `mm` is valid, as it is borrowed.
        unsafe { S::unlock(self.mm.as_raw()) };
    }
}

impl<S: MmapLockState> Sealed for MmGuard<'_, S> {}
#[diagnostic::do_not_recommend]
impl<S: MmapLockState> LockScope for MmGuard<'_, S> {
    type Innermost = S::Innermost;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
