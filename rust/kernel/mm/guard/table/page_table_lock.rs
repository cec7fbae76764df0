// SPDX-License-Identifier: GPL-2.0-only

//! `mm->page_table_lock`, the lock of the tables above the PMD.
//!
//! An entry of such a table is changed under it: an empty one gets a table, or a leaf. To follow
//! one that leads to a table needs no lock.
//!
//! C header: [`include/linux/mm_types.h`](srctree/include/linux/mm_types.h)

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
            NoTable,
            Place,
            PudEntry, //
        }, //
    }, //
};
use kernel::types::NotThreadSafe;

/// The lock of all tables of an mm above the PMD tables, and the PUD entry of an address.
///
/// Dropping the guard releases the lock. It does not sleep.
///
/// # Invariants
///
/// The task that made this guard holds the `page_table_lock` of the mm, and the guard owns that
/// hold.
#[must_use = "the lock is released at once if the guard is not kept"]
pub struct PageTableLockGuard<'a, L: FreezesRange> {
    entry: PudEntry<'a, L>,
    _nts: NotThreadSafe,
}

stays_with_its_task!(PageTableLockGuard<L: FreezesRange>);

impl<'a, L: FreezesRange> PudEntry<'a, L> {
    /// Takes the `page_table_lock` of the mm, for this entry and all that is above it.
    ///
    /// Spins until the lock is free. C: `pud_lock()`.
    #[inline]
    pub fn page_table_lock<G: LockScope>(&self, _scope: &'a mut G) -> PageTableLockGuard<'a, L>
    where
        PageTableLock: After<G::Innermost>,
    {
        PageTableLockGuard::lock(self)
    }
}

impl<'a, L: FreezesRange> PageTableLockGuard<'a, L> {
    /// Takes the lock for the mm of `entry`. C: `pud_lock()`.
    #[inline]
    fn lock(entry: &PudEntry<'a, L>) -> Self {
        // SAFETY: The mm is valid: its VMAs are freed first, and the lock keeps that of the entry.
        unsafe { bindings::spin_lock(Self::page_table_lock(&entry.place)) };
        // INVARIANT: The lock was just taken.
        Self {
            entry: entry.clone(),
            _nts: NotThreadSafe,
        }
    }

    #[inline]
    fn page_table_lock(place: &Place<'a, L>) -> *mut bindings::spinlock_t {
        // SAFETY: The mm is valid, as in `lock`. This only calculates an address.
        unsafe { &raw mut (*place.mm()).__bindgen_anon_1.page_table_lock }
    }

    /// Why there is no PMD table below the entry, or `None` if there is one.
    ///
    /// It stays so while the lock is held.
    #[inline]
    pub fn no_table(&self) -> Option<NoTable> {
        self.entry.pmd_entry().err()
    }
}

impl<L: FreezesRange> Drop for PageTableLockGuard<'_, L> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the lock, and the guard owns that hold.
        unsafe { bindings::spin_unlock(Self::page_table_lock(&self.entry.place)) };
    }
}
