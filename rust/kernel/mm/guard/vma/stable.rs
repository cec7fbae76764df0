// SPDX-License-Identifier: GPL-2.0-only

//! A VMA by its own lock, or else by the mmap lock.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use crate::{
    bindings,
    mm::guard::{
        mmap::{
            MmGuard,
            Read, //
        },
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
                Sealed,
                Stabilises, //
            },
            InnerScope,
            LockContext,
            LockScope, //
        },
        vma::{
            lock::VmaReadGuard,
            Vma, //
        }, //
    }, //
};
use core::{
    mem::ManuallyDrop,
    ops::Deref, //
};
use kernel::prelude::*;

/// The VMA read lock or else the mmap read lock is held, which is known only at run time.
pub enum VmaReadOrRead {}

lock_states! {
    VmaReadOrRead asserts assert_stabilised: Stabilises;
}

assertion! {
    /// The VMA lock or the mmap lock is held. C: `vma_assert_stabilised()`.
    fn assert_stabilised(vma: *mut bindings::vm_area_struct) {
        bindings::vma_assert_stabilised(vma);
    }
}

/// Which lock a [`StableGuard`] holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum HeldLock {
    /// The VMA read lock.
    Vma,
    /// The mmap read lock.
    Mmap,
}

/// The read lock of a VMA, or else the mmap read lock.
///
/// Dropping the guard releases the lock. It does not sleep.
///
/// # Invariants
///
/// Without `mmap`, the task that made this guard holds the VMA read lock of `vma`, and the guard
/// owns that hold.
#[must_use = "the lock is released at once if the guard is not kept"]
pub struct StableGuard<'c> {
    // Dropped before `mmap`, and without effect.
    vma: Vma<'c, VmaReadOrRead>,
    mmap: Option<MmGuard<'c, Read>>,
}

stays_with_its_task!(StableGuard);

impl<H: LockLevel> LockContext<'_, H> {
    /// Read-locks the VMA that contains `addr`, an address in bytes, or else the mmap lock.
    ///
    /// Tries the VMA read lock first. If that is not free at once, sleeps until it has the mmap
    /// read lock. C: `lock_vma_under_rcu()`, then `mmap_read_lock_killable()` and `vma_lookup()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if no VMA contains `addr`, which is found out under the mmap lock; `EINTR` if a
    /// fatal signal came while waiting for it.
    pub fn stabilise(&mut self, addr: usize) -> Result<StableGuard<'_>>
    where
        // The VMA lock comes directly after it.
        MmapLock: After<H>,
    {
        self.assert_none_held();
        if let Some(vma) = VmaReadGuard::lock_under_rcu(self.mm, addr) {
            return Ok(vma.into());
        }
        let mm = self.mmap_read_lock_killable()?;
        StableGuard::from_mmap(mm, addr).ok_or(EFAULT)
    }
}

impl<'c> StableGuard<'c> {
    /// Keeps the mmap lock for the VMA that contains `addr`, if there is one.
    pub(in crate::mm::guard) fn from_mmap(mm: MmGuard<'c, Read>, addr: usize) -> Option<Self> {
        let vma = mm.vma_lookup(addr)?.as_non_null();
        Some(Self {
            // SAFETY: The VMA was found under the mmap read lock, so it is attached. The result
            // holds that lock, and gives no handle away that outlives it.
            vma: unsafe { Vma::from_raw(vma) },
            mmap: Some(mm),
        })
    }

    /// Which of the two locks is held.
    #[inline]
    pub fn held_lock(&self) -> HeldLock {
        match self.mmap {
            None => HeldLock::Vma,
            Some(_) => HeldLock::Mmap,
        }
    }
}

impl<'c> From<VmaReadGuard<'c>> for StableGuard<'c> {
    #[inline]
    fn from(guard: VmaReadGuard<'c>) -> Self {
        let guard = ManuallyDrop::new(guard);
        // INVARIANT: The hold of `guard`, which is not dropped, goes to the result.
        Self {
            // SAFETY: The VMA is read-locked, so it is attached. The result holds that lock, and
            // gives no handle away that outlives it.
            vma: unsafe { Vma::from_raw(guard.as_non_null()) },
            mmap: None,
        }
    }
}

impl Drop for StableGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.mmap.is_none() {
            // SAFETY: By the type invariants, this task holds the VMA read lock, and this guard
            // owns that hold, which goes to the other one. The mm has users for `'c`.
            drop(unsafe { VmaReadGuard::from_raw(self.vma.as_non_null()) });
        }
    }
}

impl<'c> Deref for StableGuard<'c> {
    type Target = Vma<'c, VmaReadOrRead>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.vma
    }
}

impl Sealed for StableGuard<'_> {}
#[diagnostic::do_not_recommend]
impl<'c> LockScope for StableGuard<'c> {
    type Innermost = VmaLock;
    type Held = Vma<'c, VmaReadOrRead>;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
