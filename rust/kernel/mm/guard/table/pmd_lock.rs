// SPDX-License-Identifier: GPL-2.0-only

//! The lock of a PMD table.
//!
//! Without `SPLIT_PMD_PTLOCKS` it is the mm's `page_table_lock`. It comes before the lock of a PTE
//! table, if that is another one: without split locks both are the same. A [`PmdLockGuard`] takes
//! the lock of a PTE table as it must be.
//!
//! C header: [`include/linux/mm.h`](srctree/include/linux/mm.h)

use crate::{
    bindings,
    mm::guard::{
        order::{
            level::{
                After,
                PageTableLock, //
            },
            rights::{
                stays_with_its_task,
                FreezesRange, //
            },
            LockScope, //
        },
        table::{
            pmd::Pmd,
            pte_lock::{
                MappedTable,
                PteLockGuard,
                SINGLE_DEPTH_NESTING, //
            },
            NoTable,
            PmdEntry, //
        }, //
    }, //
};
use core::ptr::NonNull;
use kernel::types::NotThreadSafe;

/// The lock of the PMD table that an entry is in.
///
/// Dropping the guard releases the lock. It does not sleep.
///
/// # Invariants
///
/// The task that made this guard holds `ptl`, which is the lock of the table that `entry` is in,
/// and the guard owns that hold.
#[must_use = "the table is unlocked at once if the guard is not kept"]
pub struct PmdLockGuard<'a, L: FreezesRange> {
    pub(in crate::mm::guard) entry: PmdEntry<'a, L>,
    ptl: NonNull<bindings::spinlock_t>,
    _nts: NotThreadSafe,
}

stays_with_its_task!(PmdLockGuard<L: FreezesRange>);

impl<'a, L: FreezesRange> PmdEntry<'a, L> {
    /// Locks the PMD table that the entry is in.
    ///
    /// Spins until the lock is free. C: `pmd_lock()`.
    #[inline]
    pub fn lock_pmd_table<G: LockScope>(&self, _scope: &'a mut G) -> PmdLockGuard<'a, L>
    where
        PageTableLock: After<G::Innermost>,
    {
        PmdLockGuard::lock(self)
    }
}

impl<'a, L: FreezesRange> PmdLockGuard<'a, L> {
    /// Locks the table that `entry` is in. C: `pmd_lock()`.
    #[inline]
    fn lock(entry: &PmdEntry<'a, L>) -> Self {
        // SAFETY: By the type invariants of the entry, it is in a table that is not freed while the
        // VMA is locked, and so is the lock of that table. The mm is valid.
        let ptl = unsafe { bindings::pmd_lock(entry.place.mm(), entry.raw()) };
        // INVARIANT: The lock was just taken.
        Self {
            entry: entry.clone(),
            // SAFETY: Every table has a lock, so C does not return null.
            ptl: unsafe { NonNull::new_unchecked(ptl) },
            _nts: NotThreadSafe,
        }
    }

    /// Reads the entry. C: `pmdp_get()`.
    ///
    /// Only the hardware changes it while the table is locked, by the accessed and the dirty bit.
    #[inline]
    pub fn get(&self) -> Pmd {
        // SAFETY: By the type invariants, the entry is valid, and its table is locked.
        Pmd::from_raw(unsafe { bindings::pmdp_get(self.entry.raw()) })
    }

    /// Maps and locks the PTE table below the entry, if there is one.
    ///
    /// It stays below the entry while both are locked. Where the two have one lock, that is not
    /// taken again. C: `pte_offset_map_rw_nolock()`, `spin_lock_nested()`.
    ///
    /// # Errors
    ///
    /// [`NoTable`] if the entry leads to no table.
    #[inline]
    pub fn lock_pte_table(&mut self) -> Result<PteLockGuard<'_, L>, NoTable> {
        let MappedTable { pte, ptl, .. } = MappedTable::map(&self.entry)?;
        let own = ptl != self.ptl;
        if own {
            // SAFETY: The table is mapped, so RCU keeps its lock. This guard does not hold that
            // lock.
            unsafe { bindings::spin_lock_nested(ptl.as_ptr(), SINGLE_DEPTH_NESTING) };
        }
        // SAFETY: The table was just mapped. It is locked by `ptl`, or by the lock of this guard,
        // which is borrowed. It is still below the entry, as C takes a table out of a PMD entry
        // under the lock of the PMD table, which was held before the table was mapped.
        Ok(unsafe { PteLockGuard::from_raw(self.entry.place, pte, own.then_some(ptl)) })
    }
}

impl<L: FreezesRange> Drop for PmdLockGuard<'_, L> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the lock, and the guard owns that hold.
        unsafe { bindings::spin_unlock(self.ptl.as_ptr()) };
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
