// SPDX-License-Identifier: GPL-2.0-only

//! Two VMAs of one mm at once.
//!
//! While one VMA is read-locked, a second one is only tried. A task that waited for the mmap lock
//! there would wait for a writer that waits for the first VMA. If the second lock is not free, the
//! first one is dropped, and both VMAs are looked up again under the mmap read lock.
//!
//! C source: `uffd_move_lock()` in `mm/userfaultfd.c`.

use crate::mm::guard::{
    mmap::{
        MmGuard,
        Read, //
    },
    order::{
        level::{
            After,
            LockLevel,
            MmapLock,
            VmaLock, //
        },
        rights::{
            stays_with_its_task,
            Sealed, //
        },
        InnerScope,
        LockContext,
        LockScope, //
    },
    vma::{
        lock::VmaReadGuard,
        stable::{
            HeldLock,
            VmaReadOrRead, //
        },
        Vma, //
    }, //
};
use core::mem::ManuallyDrop;
use kernel::prelude::*;

/// Two VMAs of one mm, each by its read lock, or both by the mmap read lock.
///
/// They may be one VMA, which is then locked once. Dropping the pair releases the locks. It does
/// not sleep.
///
/// # Invariants
///
/// Without `mmap`, the task that made this pair holds the VMA read locks of `first` and of
/// `second`, and the pair owns those holds.
#[must_use = "the locks are released at once if the pair is not kept"]
pub struct VmaPair<'c> {
    // Dropped before `mmap`, and without effect.
    first: Vma<'c, VmaReadOrRead>,
    second: Option<Vma<'c, VmaReadOrRead>>,
    mmap: Option<MmGuard<'c, Read>>,
}

stays_with_its_task!(VmaPair);

impl<H: LockLevel> LockContext<'_, H> {
    /// Read-locks the VMAs that contain `first` and `second`, addresses in bytes, or else the mmap
    /// lock.
    ///
    /// If the VMA locks are not free at once, sleeps until it has the mmap read lock. That is
    /// exchanged for the VMA locks, or kept where the kernel has none or they have too many
    /// readers.
    ///
    /// # Errors
    ///
    /// `EFAULT` if one of the addresses is in no VMA; `EINTR` if a fatal signal came while waiting.
    pub fn lock_vma_pair(&mut self, first: usize, second: usize) -> Result<VmaPair<'_>>
    where
        // The VMA lock comes directly after it.
        MmapLock: After<H>,
    {
        self.assert_none_held();
        if let Some(guard) = VmaReadGuard::lock_under_rcu(self.mm, first) {
            if guard.start() <= second && second < guard.end() {
                return Ok(VmaPair::from_vmas(guard, None));
            }
            if let Some(other) = VmaReadGuard::lock_under_rcu(self.mm, second) {
                return Ok(VmaPair::from_vmas(guard, Some(other)));
            }
        }

        let mm = self.mmap_read_lock_killable()?;
        let one = mm.vma_lookup(first).ok_or(EFAULT)?;
        let two = mm.vma_lookup(second).ok_or(EFAULT)?;
        let same = one.as_ptr() == two.as_ptr();
        if let Some(guard) = mm.vma_start_read_locked(&one) {
            if same {
                return Ok(VmaPair::from_vmas(guard, None));
            }
            if let Some(other) = mm.vma_start_read_locked(&two) {
                return Ok(VmaPair::from_vmas(guard, Some(other)));
            }
        }

        let (one, two) = (one.as_non_null(), two.as_non_null());
        Ok(VmaPair {
            // SAFETY: The VMAs were found under the mmap read lock, so they are attached. The pair
            // holds that lock, and gives no handle away that outlives it.
            first: unsafe { Vma::from_raw(one) },
            second: (!same).then(|| {
                // SAFETY: As above.
                unsafe { Vma::from_raw(two) }
            }),
            mmap: Some(mm),
        })
    }
}

impl<'c> VmaPair<'c> {
    fn from_vmas(first: VmaReadGuard<'c>, second: Option<VmaReadGuard<'c>>) -> Self {
        let first = ManuallyDrop::new(first);
        let second = second.map(ManuallyDrop::new);
        // INVARIANT: The holds of the guards, which are not dropped, go to the result.
        Self {
            // SAFETY: The VMA is read-locked, so it is attached. The pair holds that lock, and
            // gives no handle away that outlives it.
            first: unsafe { Vma::from_raw(first.as_non_null()) },
            second: second
                .as_ref()
                // SAFETY: As above.
                .map(|second| unsafe { Vma::from_raw(second.as_non_null()) }),
            mmap: None,
        }
    }

    /// The VMA that contains the first address.
    #[inline]
    pub fn first(&self) -> &Vma<'c, VmaReadOrRead> {
        &self.first
    }

    /// The VMA that contains the second address.
    #[inline]
    pub fn second(&self) -> &Vma<'c, VmaReadOrRead> {
        self.second.as_ref().unwrap_or(&self.first)
    }

    /// Whether both addresses are in one VMA.
    #[inline]
    pub fn is_one_vma(&self) -> bool {
        self.second.is_none()
    }

    /// Which of the two kinds of lock is held.
    #[inline]
    pub fn held_lock(&self) -> HeldLock {
        match self.mmap {
            None => HeldLock::Vma,
            Some(_) => HeldLock::Mmap,
        }
    }
}

impl Drop for VmaPair<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.mmap.is_none() {
            // SAFETY: By the type invariants, this task holds the VMA read locks, and the pair owns
            // those holds, which go to the guards. The mm has users for `'c`.
            unsafe {
                drop(VmaReadGuard::from_raw(self.first.as_non_null()));
                if let Some(second) = &self.second {
                    drop(VmaReadGuard::from_raw(second.as_non_null()));
                }
            }
        }
    }
}

impl Sealed for VmaPair<'_> {}
#[diagnostic::do_not_recommend]
impl LockScope for VmaPair<'_> {
    type Innermost = VmaLock;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
