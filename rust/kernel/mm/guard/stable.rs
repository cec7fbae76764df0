// SPDX-License-Identifier: GPL-2.0-only

//! A VMA by whichever lock can be had: its own, else the mmap lock.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use super::{
    LockContext,
    MmGuard,
    Read,
    Vma,
    VmaReadGuard,
    VmaReadOrRead, //
};
use core::ops::Deref;
use kernel::prelude::*;

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
#[must_use = "the lock is released at once if the guard is not kept"]
pub struct StableGuard<'c> {
    // Dropped before `lock`, and without effect.
    vma: Vma<'c, VmaReadOrRead>,
    lock: Lock<'c>,
}

/// The lock by which a VMA is held. It is never read, only dropped.
enum Lock<'c> {
    Vma(#[expect(dead_code)] VmaReadGuard<'c>),
    Mmap(#[expect(dead_code)] MmGuard<'c, Read>),
}

impl<'m> LockContext<'m> {
    /// Read-locks the VMA that contains `addr`, an address in bytes, or else the mmap lock.
    ///
    /// Tries the VMA read lock first. If it cannot be had at once, sleeps until the mmap read lock
    /// is there. C: `lock_vma_under_rcu()`, then `mmap_read_lock_killable()` and `vma_lookup()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if no VMA contains `addr`, which is found out under the mmap lock; `EINTR` if a
    /// fatal signal came while waiting for it.
    pub fn stabilise(&mut self, addr: usize) -> Result<StableGuard<'_>> {
        match self.lock_vma_under_rcu(addr) {
            Ok(vma) => Ok(vma.into()),
            Err(not_obtained) => {
                let mm = not_obtained.into_context().mmap_read_lock_killable()?;
                StableGuard::from_mmap(mm, addr).ok_or(EFAULT)
            }
        }
    }
}

impl<'c> StableGuard<'c> {
    /// Keeps the mmap lock for the VMA that contains `addr`, if there is one.
    pub(super) fn from_mmap(mm: MmGuard<'c, Read>, addr: usize) -> Option<Self> {
        let vma = mm.vma_lookup(addr)?.as_non_null();
        Some(Self {
            // SAFETY: The VMA is attached, and the mmap read lock is held for as long as `Self`,
            // which does not give the handle away.
            vma: unsafe { Vma::from_raw(vma) },
            lock: Lock::Mmap(mm),
        })
    }

    /// Which of the two locks is held.
    #[inline]
    pub fn held_lock(&self) -> HeldLock {
        match self.lock {
            Lock::Vma(_) => HeldLock::Vma,
            Lock::Mmap(_) => HeldLock::Mmap,
        }
    }
}

impl<'c> From<VmaReadGuard<'c>> for StableGuard<'c> {
    #[inline]
    fn from(guard: VmaReadGuard<'c>) -> Self {
        Self {
            // SAFETY: The VMA read lock is held for as long as `Self`, which does not give the
            // handle away.
            vma: unsafe { Vma::from_raw(guard.as_non_null()) },
            lock: Lock::Vma(guard),
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
