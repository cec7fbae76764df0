// SPDX-License-Identifier: GPL-2.0-only

//! Changes of entries that keep what they map, and the duties that come with them.
//!
//! The hardware sets the accessed and the dirty bit at any time, so an entry is changed by atomic
//! operations only. What the CPUs have cached of it in their TLBs is not changed with it: that is
//! flushed, or known to be out of date.
//!
//! Not for modules: on x86 neither `ptep_test_and_clear_young()` nor the flushes are exported.
//!
//! C header: [`include/linux/pgtable.h`](srctree/include/linux/pgtable.h)

use super::{
    rights::FreezesRange,
    LockedPteTable,
    PmdLockGuard,
    Pte,
    PteLockGuard,
    Vma, //
};
use crate::bindings;
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
/// It grows as entries are changed, and is done by [`flush`](Self::flush), or when it is dropped. A
/// change after which cached translations do no harm may be left to [`leave`](Self::leave).
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
            // SAFETY: The VMA is locked, and the range is within it.
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
        let entry = self.checked_entry_ptr(addr)?;
        if stale.vma.as_ptr() != self.place.vma.as_ptr() {
            return Err(EINVAL);
        }
        let addr = addr & PAGE_MASK;
        // SAFETY: The entry is mapped and locked, and the VMA is locked.
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
    #[cfg(CONFIG_TRANSPARENT_HUGEPAGE)]
    #[inline]
    pub fn test_and_clear_young(&self, stale: &mut StaleTlb<'_, L>) -> Result<bool> {
        let place = &self.entry.place;
        if stale.vma.as_ptr() != place.vma.as_ptr() {
            return Err(EINVAL);
        }
        let (start, end) = (place.pte_table_start(), place.pte_table_end());
        // SAFETY: The entry is locked, and the VMA is locked.
        let young = unsafe {
            bindings::rust_guard_pmd_test_and_clear_young(
                place.vma.as_ptr(),
                start,
                self.entry.as_ptr(),
            )
        };
        if young {
            stale.add(start, end);
        }
        Ok(young)
    }
}

/// An entry that was taken out of its table, to be put back.
///
/// Nobody sees its page meanwhile: who accesses it waits for the table's lock. The hardware cannot
/// change the bits, so they are those that count. Dropping this puts the entry back as it was. If it
/// is leaked, the page stays counted as mapped here, and so in memory.
///
/// # Invariants
///
/// `entry` points at the entry for `addr`, in the table that `guard` has locked. It is empty, and
/// contained `pte`.
pub struct TakenPte<'t, 'a, L: FreezesRange> {
    guard: &'t mut PteLockGuard<'a, L>,
    addr: usize,
    entry: *mut bindings::pte_t,
    pte: bindings::pte_t,
}

impl<'a, L: FreezesRange> PteLockGuard<'a, L> {
    /// Takes the entry for `addr`, an address in bytes, out of the table, for a change.
    ///
    /// Does not sleep. C: `ptep_modify_prot_start()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the address is not in this table, or not in the VMA; `EINVAL` if no page is
    /// present there. Nothing is taken then.
    #[inline]
    pub fn take(&mut self, addr: usize) -> Result<TakenPte<'_, 'a, L>> {
        let entry = self.checked_entry_ptr(addr)?;
        if !self.get(addr)?.is_present() {
            return Err(EINVAL);
        }
        let addr = addr & PAGE_MASK;
        // SAFETY: The entry is mapped, locked and present, and the VMA is locked.
        let pte = unsafe {
            bindings::rust_guard_ptep_modify_prot_start(self.place.vma.as_ptr(), addr, entry)
        };
        // INVARIANT: The entry was just emptied.
        Ok(TakenPte {
            guard: self,
            addr,
            entry,
            pte,
        })
    }
}

impl<L: FreezesRange> TakenPte<'_, '_, L> {
    /// What the entry contained.
    #[inline]
    pub fn get(&self) -> Pte {
        Pte::from_raw(self.pte)
    }

    /// Puts the entry back without the accessed bit. C: `pte_mkold()`.
    ///
    /// The change is added to `stale`, which must be of this VMA.
    ///
    /// # Errors
    ///
    /// `EINVAL` if `stale` is of another VMA. The entry is put back as it was then.
    #[inline]
    pub fn put_back_old(self, stale: &mut StaleTlb<'_, L>) -> Result {
        if stale.vma.as_ptr() != self.guard.place.vma.as_ptr() {
            return Err(EINVAL);
        }
        stale.add(self.addr, self.addr + PAGE_SIZE);
        let taken = ManuallyDrop::new(self);
        // SAFETY: This calculates a value.
        let old = unsafe { bindings::rust_guard_pte_mkold(taken.pte) };
        // SAFETY: `taken` is not dropped.
        unsafe { taken.commit(old) };
        Ok(())
    }

    /// Puts an entry back in the place of the one that was taken. C: `ptep_modify_prot_commit()`.
    ///
    /// # Safety
    ///
    /// It must be put back once, and map what the one that was taken maps, with no more access.
    #[inline]
    unsafe fn commit(&self, pte: bindings::pte_t) {
        // SAFETY: By the type invariants, the entry is mapped and locked; it was emptied by
        // `ptep_modify_prot_start()`. The page is the same, with the entry's reference to it.
        unsafe {
            bindings::rust_guard_ptep_modify_prot_commit(
                self.guard.place.vma.as_ptr(),
                self.addr,
                self.entry,
                self.pte,
                pte,
            );
        }
    }
}

impl<L: FreezesRange> Drop for TakenPte<'_, '_, L> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: The entry goes back as it was.
        unsafe { self.commit(self.pte) };
    }
}
