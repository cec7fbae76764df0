// SPDX-License-Identifier: GPL-2.0-only

//! A PTE table under RCU alone, for a reader that can use stale entries.
//!
//! RCU keeps the memory of a table. But without its lock, the table may no longer be below the PMD
//! entry: an entry may be one that nobody uses any more, or one that is changing. So what is read
//! is a hint, and nothing is written.
//!
//! C source: `mm/pgtable-generic.c`

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
            pte::Pte,
            NoTable,
            Place,
            PmdEntry, //
        },
        vma::unstable::Unstable, //
    }, //
};
use core::ptr::{
    null_mut,
    NonNull, //
};
use kernel::{
    prelude::*,
    types::NotThreadSafe, //
};

/// A PTE table that RCU keeps in memory.
///
/// Nothing may sleep while it lives. Dropping it unmaps the table. It does not sleep.
///
/// # Invariants
///
/// `pte` points at the entry for `place.addr`, in a table that is mapped, and is unmapped by this
/// value.
#[must_use = "the table is unmapped at once if this is not kept"]
pub struct PteTableRcu<'a, L: FreezesRange> {
    place: Place<'a, L>,
    pte: NonNull<bindings::pte_t>,
    _nts: NotThreadSafe,
}

stays_with_its_task!(PteTableRcu<L: FreezesRange>);

impl<'a, L: FreezesRange> PmdEntry<'a, L> {
    /// Maps the PTE table below a PMD entry without its lock, if there is one.
    ///
    /// Does not sleep. C: `pte_offset_map()`.
    ///
    /// # Errors
    ///
    /// As [`lock_pte_table`](Self::lock_pte_table).
    #[inline]
    pub fn map_pte_table_rcu<G: LockScope>(
        &self,
        _scope: &'a mut G,
    ) -> Result<PteTableRcu<'a, L>, NoTable>
    where
        PageTableLock: After<G::Innermost>,
    {
        PteTableRcu::map(self)
    }
}

impl<'a, L: FreezesRange> PteTableRcu<'a, L> {
    /// Maps the table below `pmd`, if there is one. C: `pte_offset_map()`.
    #[inline]
    fn map(pmd: &PmdEntry<'a, L>) -> Result<Self, NoTable> {
        let place = pmd.place;
        loop {
            // SAFETY: By the type invariants of `pmd`, its entry is in a table that is not freed
            // while the VMA is locked. C takes a null pointer where nobody asks for the value of
            // the entry.
            let pte = unsafe { bindings::__pte_offset_map(pmd.raw(), place.addr, null_mut()) };
            if let Some(pte) = NonNull::new(pte) {
                // INVARIANT: The table was just mapped.
                return Ok(Self {
                    place,
                    pte,
                    _nts: NotThreadSafe,
                });
            }
            if let Some(no_table) = pmd.why_no_table() {
                return Err(no_table);
            }
        }
    }

    /// The first address that the table has an entry for in this VMA, in bytes.
    #[inline]
    pub fn start(&self) -> usize {
        self.place.pte_table_start()
    }

    /// The first address after [`start`](Self::start) that it has no entry for in this VMA, in
    /// bytes.
    #[inline]
    pub fn end(&self) -> usize {
        self.place.pte_table_end()
    }

    /// Reads what may be the entry for `addr`, an address in bytes. C: `ptep_get_lockless()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the address is not in this table, or not in the VMA.
    #[inline]
    pub fn get(&self, addr: usize) -> Result<Unstable<Pte>> {
        let offset = self.place.pte_offset(addr)?;
        // SAFETY: By the type invariants, the table is mapped, under RCU. `pte_offset` has checked
        // that both entries are of that table.
        let pte = unsafe { bindings::ptep_get_lockless(self.pte.as_ptr().offset(offset)) };
        Ok(Unstable::new(Pte::from_raw(pte)))
    }
}

impl<L: FreezesRange> Drop for PteTableRcu<'_, L> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, the table is mapped, and this value unmaps it.
        unsafe { bindings::pte_unmap(self.pte.as_ptr()) };
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
