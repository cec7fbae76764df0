// SPDX-License-Identifier: GPL-2.0-only

//! Changes of entries that keep what they map, and the duties that come with them.
//!
//! The hardware sets the accessed and the dirty bit at any time, so an entry is changed by atomic
//! operations only. What the CPUs have cached of it in their TLBs does not change with it. That is
//! flushed, or known to be out of date.
//!
//! Not for modules: on x86 neither `ptep_test_and_clear_young()` nor the flushes are exported.
//!
//! C header: [`include/linux/pgtable.h`](srctree/include/linux/pgtable.h)

use crate::{
    bindings,
    mm::guard::{
        order::rights::FreezesRange,
        table::{
            pmd_lock::PmdLockGuard,
            pte::Pte,
            pte_lock::LockedPteTable, //
        },
        vma::Vma, //
    }, //
};
use core::mem::ManuallyDrop;
use kernel::{
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*,
    types::NotThreadSafe, //
};

/// The duty to flush what the TLBs have cached of a VMA's changed entries.
///
/// It grows as entries are changed. [`flush`](Self::flush) does it, or the drop. Where cached
/// translations do no harm, [`leave`](Self::leave) leaves it undone.
///
/// # Examples
///
/// ```
/// use kernel::mm::guard::{
///     order::LockScope,
///     vma::stable::StableGuard, //
/// };
///
/// /// Tells whether the page at `addr` was accessed since the last call.
/// fn was_accessed(guard: &mut StableGuard<'_>, addr: usize) -> Result<bool> {
///     let (vma, mut scope) = guard.split();
///     let mut stale = vma.stale_tlb();
///     let table = vma
///         .tables()?
///         .pmd_entry(addr)
///         .and_then(|pmd| pmd.lock_pte_table(&mut scope));
///     let young = match table {
///         Ok(table) => table.test_and_clear_young(addr, &mut stale)?,
///         Err(_) => false,
///     };
///     stale.flush();
///     Ok(young)
/// }
/// ```
#[must_use = "the TLBs are flushed at once if this is not kept"]
pub struct StaleTlb<'a, L: FreezesRange> {
    vma: &'a Vma<'a, L>,
    start: usize,
    end: usize,
    _nts: NotThreadSafe,
}

impl<L: FreezesRange> Vma<'_, L> {
    /// Begins with no entry changed.
    #[inline]
    pub fn stale_tlb(&self) -> StaleTlb<'_, L> {
        StaleTlb {
            vma: self,
            start: usize::MAX,
            end: 0,
            _nts: NotThreadSafe,
        }
    }
}

impl<L: FreezesRange> StaleTlb<'_, L> {
    /// Flushes the TLBs of all CPUs for the range of the changed entries.
    ///
    /// Waits for the other CPUs, and does not sleep. C: `flush_tlb_range()`.
    #[inline]
    pub fn flush(self) {}

    /// Leaves what is cached.
    ///
    /// A CPU goes on using a translation that it has cached with the accessed bit set, and does not
    /// set the bit anew, until it needs the place for another. So an entry may look as if it was
    /// not accessed. That is what reclaim does, and the architectures that flush do so by
    /// themselves.
    #[inline]
    pub fn leave(self) {
        let _ = ManuallyDrop::new(self);
    }

    /// Adds the pages between two addresses, in bytes.
    #[inline]
    fn add(&mut self, start: usize, end: usize) {
        self.start = self.start.min(start);
        self.end = self.end.max(end);
    }
}

impl<L: FreezesRange> Drop for StaleTlb<'_, L> {
    #[inline]
    fn drop(&mut self) {
        if self.start < self.end {
            // SAFETY: The VMA is borrowed, so its lock keeps it and its mm, and the range is within
            // it.
            unsafe {
                bindings::rust_guard_flush_tlb_range(self.vma.as_ptr(), self.start, self.end)
            };
        }
    }
}

impl<L: FreezesRange> LockedPteTable<'_, L> {
    /// Clears the accessed bit of the entry for `addr`, an address in bytes, and tells whether it
    /// was set, here or in a secondary MMU.
    ///
    /// Only bits of a page that is present are cleared. So that reclaim does not take the page for
    /// one that nobody uses, it is marked as young, if the kernel has `CONFIG_PAGE_IDLE_FLAG`. A
    /// change is added to `stale`, which must be of this VMA. Does not sleep.
    /// C: `test_and_clear_young_ptes_notify()`, `folio_set_young()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the address is not in this table, or not in the VMA; `EINVAL` if `stale` is of
    /// another VMA.
    #[inline]
    pub fn test_and_clear_young(&self, addr: usize, stale: &mut StaleTlb<'_, L>) -> Result<bool> {
        let entry = self.entry_ptr(addr)?;
        if stale.vma.as_ptr() != self.place.vma.as_ptr() {
            return Err(EINVAL);
        }
        let addr = addr & PAGE_MASK;
        // SAFETY: By the type invariants, the entry for `addr` is mapped and locked, and the VMA is
        // locked. C changes the entry atomically.
        let young = unsafe {
            bindings::rust_guard_test_and_clear_young(self.place.vma.as_ptr(), addr, entry)
        };
        if young {
            stale.add(addr, addr + PAGE_SIZE);
        }
        Ok(young)
    }
}

impl<L: FreezesRange> PmdLockGuard<'_, L> {
    /// Clears the accessed bit of a huge page, and tells whether it was set, here or in a secondary
    /// MMU.
    ///
    /// As [`LockedPteTable::test_and_clear_young`], for the huge page of this entry; false if there
    /// is none. C: `pmdp_test_and_clear_young_notify()`, `folio_set_young()`.
    ///
    /// # Errors
    ///
    /// `EINVAL` if `stale` is of another VMA.
    #[inline]
    pub fn test_and_clear_young(&self, stale: &mut StaleTlb<'_, L>) -> Result<bool> {
        let place = &self.entry.place;
        if stale.vma.as_ptr() != place.vma.as_ptr() {
            return Err(EINVAL);
        }
        let (start, end) = (place.pte_table_start(), place.pte_table_end());
        // SAFETY: By the type invariants, the table of the entry is locked, and the VMA is locked.
        // C looks for a huge page first, which is within the VMA, and begins at `start`.
        let young = unsafe {
            bindings::rust_guard_pmd_test_and_clear_young(
                place.vma.as_ptr(),
                start,
                self.entry.raw(),
            )
        };
        if young {
            stale.add(start, end);
        }
        Ok(young)
    }
}

/// What becomes of an entry that was taken out of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PteUpdate {
    /// It goes back as it was.
    Same,
    /// It goes back without the accessed bit. C: `pte_mkold()`.
    Old,
}

impl<L: FreezesRange> LockedPteTable<'_, L> {
    /// Takes the entry for `addr`, an address in bytes, out of the table, and puts it back as
    /// `update` says.
    ///
    /// Returns what it contained. Nothing that the hardware does to the entry meanwhile is lost.
    /// Most architectures empty the entry: a task that accesses the page waits for the table's
    /// lock, and the closure sees the final bits. Xen PV and s390 do not empty it, and Xen PV also
    /// keeps the accessed bit that [`PteUpdate::Old`] clears.
    ///
    /// The closure is called once, and must not sleep. The entry always goes back: if a page were
    /// counted as mapped without an entry for it, reclaim would use an `anon_vma` that may be gone.
    ///
    /// A change is added to `stale`, which must be of this VMA. Does not sleep.
    /// C: `ptep_modify_prot_start()`, `ptep_modify_prot_commit()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the address is not in this table, or not in the VMA; `EINVAL` if no page is
    /// present there, or if `stale` is of another VMA. Nothing is taken then.
    #[inline]
    pub fn update(
        &self,
        addr: usize,
        stale: &mut StaleTlb<'_, L>,
        update: impl FnOnce(Pte) -> PteUpdate,
    ) -> Result<Pte> {
        let entry = self.entry_ptr(addr)?;
        let vma = self.place.vma.as_ptr();
        if stale.vma.as_ptr() != vma || !self.get(addr)?.is_present() {
            return Err(EINVAL);
        }
        let addr = addr & PAGE_MASK;
        // SAFETY: By the type invariants, the entry is mapped and locked, and the VMA is locked.
        // The entry is present. The transaction ends below, before the lock is released.
        let taken = unsafe { bindings::rust_guard_ptep_modify_prot_start(vma, addr, entry) };
        let new = match update(Pte::from_raw(taken)) {
            PteUpdate::Same => taken,
            PteUpdate::Old => {
                stale.add(addr, addr + PAGE_SIZE);
                // SAFETY: This calculates a value.
                unsafe { bindings::rust_guard_pte_mkold(taken) }
            }
        };
        // SAFETY: The entry is still mapped and locked, and this ends the transaction that
        // `ptep_modify_prot_start()` has begun. Nobody has put another page there: the closure must
        // not, by the safety requirements of `install`, and others wait for the lock. The entry
        // gets back the page that it had, with the reference to it, and no more access.
        unsafe { bindings::rust_guard_ptep_modify_prot_commit(vma, addr, entry, taken, new) };
        Ok(Pte::from_raw(taken))
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
