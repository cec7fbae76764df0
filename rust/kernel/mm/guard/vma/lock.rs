// SPDX-License-Identifier: GPL-2.0-only

//! The per-VMA lock.
//!
//! A reader raises `vm_refcnt`, unless the VMA is write-locked, and may then keep the VMA while
//! the rest of the address space changes. A writer holds the mmap write lock. It keeps new readers
//! out, and waits until the others are gone. From then on `vm_lock_seq` equals the mm's sequence
//! number: the VMA is write-locked until the mmap write lock is dropped or downgraded. There is no
//! single release.
//!
//! Holding a VMA read lock, a task must not wait for the mmap lock of that mm, nor for the VMA
//! write lock.
//!
//! Without `CONFIG_PER_VMA_LOCK` a VMA read lock is never obtained, and a VMA write lock costs
//! nothing: the mmap write lock is enough then.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use crate::{
    bindings,
    mm::guard::{
        mmap::{
            assert_mm_locked,
            assert_mmap_locked,
            MmGuard,
            MmapLockState,
            Write, //
        },
        order::{
            assertions::assertion,
            level::{
                After,
                LockLevel,
                Unlocked,
                VmaLock, //
            },
            rights::{
                lock_states,
                stays_with_its_task,
                MayWriteMost,
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
    ops::{
        Deref,
        DerefMut, //
    },
    ptr::NonNull, //
};
use kernel::{
    error::to_result,
    mm::MmWithUser,
    prelude::*, //
};

/// The VMA read lock is held.
pub enum VmaRead {}

/// The mmap write lock and the VMA write lock are held.
pub enum VmaWrite {}

/// The mmap lock is held for reading, beside the read lock of a VMA of the mm.
///
/// It was taken without waiting. As the VMA read lock forbids to wait for the mmap lock, this lock
/// is not exchanged for another one.
pub enum ReadBesideVma {}

lock_states! {
    VmaRead asserts assert_vma_locked: Stabilises;
    VmaWrite asserts assert_vma_write_locked: Stabilises MayWriteMost;
    ReadBesideVma asserts assert_mmap_locked: Stabilises;
}

assertion! {
    /// The VMA lock is held. C: `vma_assert_locked()`.
    fn assert_vma_locked(vma: *mut bindings::vm_area_struct) {
        bindings::vma_assert_locked(vma);
    }
}

assertion! {
    /// An attached VMA is write-locked. C: `vma_assert_write_locked()`, `vma_assert_attached()`.
    fn assert_vma_write_locked(vma: *mut bindings::vm_area_struct) {
        bindings::vma_assert_write_locked(vma);
        bindings::vma_assert_attached(vma);
    }
}

// SAFETY: `mmap_read_unlock` releases a read lock.
unsafe impl MmapLockState for ReadBesideVma {
    type Innermost = VmaLock;

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

/// The VMA read lock.
///
/// Dropping the guard releases the lock, and wakes the writer that may wait for it. It does not
/// sleep. After that the VMA may be freed or become another mm's.
///
/// # Examples
///
/// The way of [`LockContext::stabilise`], by hand: the VMA read lock is tried, and then the mmap
/// lock tells.
///
/// ```
/// use kernel::mm::{
///     guard::order::LockContext,
///     virt::flags,
///     MmWithUser, //
/// };
///
/// /// Tells whether the VMA that contains `addr` is writable.
/// fn is_writable(mm: &MmWithUser, addr: usize) -> Result<bool> {
///     let mut ctx = LockContext::new(mm);
///     let flags = match ctx.lock_vma_under_rcu(addr) {
///         Ok(vma) => vma.flags(),
///         Err(not_obtained) => {
///             let mm = not_obtained.into_context().mmap_read_lock_killable()?;
///             mm.vma_lookup(addr).ok_or(EFAULT)?.flags()
///         }
///     };
///     Ok(flags & flags::WRITE != 0)
/// }
/// ```
///
/// # Invariants
///
/// The task that made this guard holds the VMA read lock of `vma`, and the guard owns that hold.
#[must_use = "the VMA read lock is released at once if the guard is not kept"]
pub struct VmaReadGuard<'c> {
    vma: Vma<'c, VmaRead>,
}

stays_with_its_task!(VmaReadGuard);

/// The VMA read lock was not obtained.
///
/// That never means that there is no VMA: the lock is optimistic, and fails also when the VMA or
/// a neighbour is being changed. A caller that needs to know takes the mmap lock.
pub struct NotObtained<'c, 'm, H: LockLevel = Unlocked> {
    ctx: &'c mut LockContext<'m, H>,
}

impl<'c, 'm, H: LockLevel> NotObtained<'c, 'm, H> {
    /// Gives the context back, to take the mmap lock with.
    #[inline]
    pub fn into_context(self) -> &'c mut LockContext<'m, H> {
        self.ctx
    }
}

/// Why a mmap lock was not exchanged for a VMA read lock.
///
/// Each case gives the guard back.
pub enum HandOverError<G> {
    /// No VMA contains the address.
    NoVma(G),
    /// There is a VMA, and it cannot be read-locked: too many readers have it, or the kernel has
    /// no VMA locks.
    NotObtained(G),
}

impl<G> HandOverError<G> {
    /// Gives back the guard, which still holds the mmap lock.
    #[inline]
    pub fn into_guard(self) -> G {
        match self {
            Self::NoVma(guard) | Self::NotObtained(guard) => guard,
        }
    }
}

impl<'m, H: LockLevel> LockContext<'m, H> {
    /// Tries to read-lock the VMA that contains `addr`, an address in bytes.
    ///
    /// Needs no other lock and does not wait for one. Call it in task context only, as it may have
    /// to drop another mm. C: `lock_vma_under_rcu()`.
    ///
    /// # Errors
    ///
    /// [`NotObtained`] if the lock was not free at once, which callers must be prepared for.
    /// [`LockContext::stabilise`] has the fallback built in.
    #[inline]
    pub fn lock_vma_under_rcu(
        &mut self,
        addr: usize,
    ) -> Result<VmaReadGuard<'_>, NotObtained<'_, 'm, H>>
    where
        VmaLock: After<H>,
    {
        self.assert_none_held();
        match VmaReadGuard::lock_under_rcu(self.mm, addr) {
            Some(guard) => Ok(guard),
            None => Err(NotObtained { ctx: self }),
        }
    }
}

impl<'c> VmaReadGuard<'c> {
    #[cfg(CONFIG_PER_VMA_LOCK)]
    #[inline]
    pub(in crate::mm) fn lock_under_rcu(mm: &'c MmWithUser, addr: usize) -> Option<Self> {
        // SAFETY: `mm` is valid and has users, so its tree is in RCU mode. If this task has
        // write-locked the VMA by another context, there is no VMA to return.
        let vma = NonNull::new(unsafe { bindings::lock_vma_under_rcu(mm.as_raw(), addr) })?;
        // SAFETY: The VMA was just read-locked, and `mm` has users for `'c`.
        Some(unsafe { Self::from_raw(vma) })
    }

    #[cfg(not(CONFIG_PER_VMA_LOCK))]
    #[inline]
    pub(in crate::mm) fn lock_under_rcu(_mm: &'c MmWithUser, _addr: usize) -> Option<Self> {
        None
    }

    /// Makes the guard of a VMA read lock that is held.
    ///
    /// # Safety
    ///
    /// The calling task must hold the VMA read lock of `vma`, must leave its release to the guard,
    /// and the VMA's mm must have users for `'c`.
    #[inline]
    pub unsafe fn from_raw(vma: NonNull<bindings::vm_area_struct>) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            // SAFETY: A read-locked VMA is attached. Whoever detaches it waits until the lock is
            // released, which only the guard does.
            vma: unsafe { Vma::from_raw(vma) },
        }
    }

    /// Takes the mmap lock for reading if that is possible at once, under the VMA read lock.
    ///
    /// There is no form that waits, as that is the documented deadlock. The guard is the end of the
    /// chain of locks while it lives, so this one is borrowed exclusively. [`MmGuard::vma_lookup`]
    /// gives the VMA meanwhile. Does not sleep.
    ///
    /// This may be against the order of a lock that is held further out. That is no deadlock, as a
    /// try form does not wait. What is taken under it is compared with the VMA lock, which is
    /// further in than everything that is held. C: `mmap_read_trylock()`, as in
    /// `__vmf_anon_prepare()`.
    #[inline]
    #[must_use = "the mmap lock is released at once if the guard is not kept"]
    pub fn mmap_read_trylock(&mut self) -> Option<MmGuard<'_, ReadBesideVma>> {
        // SAFETY: The VMA is stable, and its `vm_mm` is not changed. By the safety requirements of
        // `from_raw`, that mm has users for `'c`, and the reference is not used for longer.
        let mm = unsafe { MmWithUser::from_raw((*self.vma.as_ptr()).vm_mm) };
        // SAFETY: `mm` is valid.
        if unsafe { bindings::mmap_read_trylock(mm.as_raw()) } {
            // SAFETY: The read lock was just taken.
            Some(unsafe { MmGuard::from_raw(mm) })
        } else {
            None
        }
    }
}

impl<'c> Deref for VmaReadGuard<'c> {
    type Target = Vma<'c, VmaRead>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.vma
    }
}

impl Drop for VmaReadGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the VMA read lock, and the guard owns
        // that hold. The mm has users for `'c`, so it is still there when C wakes a writer after
        // the release.
        unsafe { bindings::vma_end_read(self.vma.as_ptr()) };
    }
}

impl<'c, S: MmapLockState + SharesMmapLock> MmGuard<'c, S> {
    /// Exchanges the mmap lock for the read lock of the VMA that contains `addr`, in bytes.
    ///
    /// Writers are kept out of the VMA throughout. Does not sleep.
    /// C: `vma_start_read_locked()`, then `mmap_read_unlock()`.
    ///
    /// # Errors
    ///
    /// Gives the guard back, with the reason.
    #[inline]
    pub fn into_vma_read(self, addr: usize) -> Result<VmaReadGuard<'c>, HandOverError<Self>> {
        let Some(vma) = self.vma_lookup(addr) else {
            return Err(HandOverError::NoVma(self));
        };
        // The mmap lock is released on return, with `self`, while the VMA lock stays.
        match self.vma_start_read_locked(&vma) {
            Some(guard) => Ok(guard),
            None => Err(HandOverError::NotObtained(self)),
        }
    }

    /// Read-locks `vma`, which must have been found under this very guard.
    #[inline]
    pub(in crate::mm::guard) fn vma_start_read_locked(
        &self,
        vma: &Vma<'_, S>,
    ) -> Option<VmaReadGuard<'c>> {
        #[cfg(CONFIG_PER_VMA_LOCK)]
        // SAFETY: The VMA is attached, as its handle is by a mmap lock. That lock is held, and it
        // is shared, so nobody has write-locked the VMA.
        if unsafe { bindings::vma_start_read_locked(vma.as_ptr()) } {
            // SAFETY: The VMA was just read-locked. Its mm is that of `self`, which has users for
            // `'c`.
            return Some(unsafe { VmaReadGuard::from_raw(vma.as_non_null()) });
        }

        #[cfg(not(CONFIG_PER_VMA_LOCK))]
        let _ = vma;

        None
    }
}

/// The VMA write lock, with the mmap write lock that it needs.
///
/// The lock ends with the [`MmGuard`] that the guard borrows: dropping this guard releases
/// nothing.
///
/// # Examples
///
/// Writes under the write lock, and then looks around beside others.
///
/// ```
/// use kernel::mm::{
///     guard::order::LockContext,
///     virt::flags,
///     MmWithUser, //
/// };
///
/// /// Keeps the VMA that contains `addr` out of core dumps, and returns how many are.
/// fn dont_dump(mm: &MmWithUser, addr: usize) -> Result<usize> {
///     let mut ctx = LockContext::new(mm);
///     let mut mm = ctx.mmap_write_lock_killable()?;
///     let mut vma = mm.vma_start_write_killable(addr)?;
///     vma.set_flags(flags::DONTDUMP)?;
///     // All VMA write locks end here.
///     let mm = mm.downgrade();
///     Ok(mm
///         .vmas(0)
///         .filter(|vma| vma.flags() & flags::DONTDUMP != 0)
///         .count())
/// }
/// ```
///
/// # Invariants
///
/// The VMA was write-locked by the task that made this guard, under the mmap write lock that it
/// has held since, and holds for `'w`.
#[must_use = "a VMA write lock that nothing is written under only keeps page faults out"]
pub struct VmaWriteGuard<'w> {
    vma: Vma<'w, VmaWrite>,
}

stays_with_its_task!(VmaWriteGuard);

impl MmGuard<'_, Write> {
    /// Write-locks the VMA that contains `addr`, an address in bytes.
    ///
    /// Sleeps until the VMA's readers are gone. Borrows the mmap lock exclusively, so no page-table
    /// lock and no other reference to a VMA of this mm may be left. C: `vma_start_write()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if no VMA contains `addr`.
    #[inline]
    pub fn vma_start_write(&mut self, addr: usize) -> Result<VmaWriteGuard<'_>> {
        let vma = self.vma_lookup(addr).ok_or(EFAULT)?.as_non_null();
        // SAFETY: The VMA is attached, and the mmap write lock of its mm is held.
        unsafe { bindings::vma_start_write(vma.as_ptr()) };
        // SAFETY: The VMA was just write-locked. `self` is borrowed exclusively for as long as the
        // result lives. So the mmap lock stays, and nothing else can use it to detach the VMA, or
        // to make a handle of it.
        Ok(unsafe { VmaWriteGuard::from_raw(vma) })
    }

    /// Write-locks the VMA that contains `addr`, in bytes, unless the task is killed first.
    ///
    /// As [`vma_start_write`](Self::vma_start_write). C: `vma_start_write_killable()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if no VMA contains `addr`; `EINTR` if a fatal signal came first, and then the VMA
    /// is not write-locked.
    #[inline]
    pub fn vma_start_write_killable(&mut self, addr: usize) -> Result<VmaWriteGuard<'_>> {
        let vma = self.vma_lookup(addr).ok_or(EFAULT)?.as_non_null();
        // SAFETY: The VMA is attached, and the mmap write lock of its mm is held.
        to_result(unsafe { bindings::vma_start_write_killable(vma.as_ptr()) })?;
        // SAFETY: As in `vma_start_write`.
        Ok(unsafe { VmaWriteGuard::from_raw(vma) })
    }
}

impl<'w> VmaWriteGuard<'w> {
    /// Makes the guard of a VMA write lock that is held.
    ///
    /// # Safety
    ///
    /// `vma` must point at an attached VMA that the calling task has write-locked, under a mmap
    /// write lock that it holds for `'w`. Nobody may detach the VMA for `'w`, and there must be no
    /// other handle of it by that lock.
    #[inline]
    pub unsafe fn from_raw(vma: NonNull<bindings::vm_area_struct>) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            // SAFETY: By the safety requirements, the VMA is attached and write-locked for `'w`,
            // and there is no other handle of it.
            vma: unsafe { Vma::from_raw(vma) },
        }
    }
}

impl<'w> Deref for VmaWriteGuard<'w> {
    type Target = Vma<'w, VmaWrite>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.vma
    }
}

impl DerefMut for VmaWriteGuard<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.vma
    }
}

impl Sealed for VmaReadGuard<'_> {}
#[diagnostic::do_not_recommend]
impl<'c> LockScope for VmaReadGuard<'c> {
    type Innermost = VmaLock;
    type Held = Vma<'c, VmaRead>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

impl Sealed for VmaWriteGuard<'_> {}
#[diagnostic::do_not_recommend]
impl<'w> LockScope for VmaWriteGuard<'w> {
    type Innermost = VmaLock;
    type Held = Vma<'w, VmaWrite>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
