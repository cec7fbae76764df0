// SPDX-License-Identifier: GPL-2.0-only

//! The lock of a PTE table (`ptlock`).
//!
//! A PTE table is reached by one step. It is mapped under RCU and locked, and its PMD entry is read
//! again. If that has changed meanwhile, the table may be gone, and the step is repeated. There may
//! be no table, which is not unusual. C does all that in `pte_offset_map_lock()`.
//!
//! Without `SPLIT_PTE_PTLOCKS` the lock is the mm's `page_table_lock`, for all tables of the mm. It
//! is a spinlock, so nothing may sleep while it is held. A guard borrows the scope that it is taken
//! in, so that no lock of this crate is taken under it, and the VMA, so that it stays locked.
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
                FreezesRange,
                MayInstall, //
            },
            LockScope, //
        },
        table::{
            pte::{
                NewPte,
                Pte, //
            },
            NoTable,
            Place,
            PmdEntry, //
        }, //
    }, //
};
use core::{
    iter::FusedIterator,
    marker::PhantomData,
    mem::MaybeUninit,
    ops::Deref,
    ptr::{
        null_mut,
        NonNull, //
    },
};
use kernel::{
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*,
    types::NotThreadSafe, //
};

/// A PTE table that is locked: its entries within one VMA.
///
/// # Invariants
///
/// `pte` points at the entry for `place.addr`, in a table that is mapped and locked by this task
/// for as long as the value is reachable. It has the entries from `place.pte_table_start()` to
/// `place.pte_table_end()`.
pub struct LockedPteTable<'a, L: FreezesRange> {
    pub(in crate::mm::guard) place: Place<'a, L>,
    pub(in crate::mm::guard) pte: NonNull<bindings::pte_t>,
    // Locks are dropped by the task that took them.
    _nts: NotThreadSafe,
}

impl<L: FreezesRange> LockedPteTable<'_, L> {
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

    /// The pointer to the entry for `addr`, which is checked.
    #[inline]
    pub(in crate::mm::guard) fn entry_ptr(&self, addr: usize) -> Result<*mut bindings::pte_t> {
        let offset = self.place.pte_offset(addr)?;
        // SAFETY: By the type invariants, `pte` is the entry for `place.addr`. `pte_offset` has
        // checked that the other entry is of the same table.
        Ok(unsafe { self.pte.as_ptr().offset(offset) })
    }

    /// Reads the entry for `addr`, an address in bytes. C: `ptep_get()`.
    ///
    /// Only the hardware changes it while the table is locked, by the accessed and the dirty bit.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the address is not in this table, or not in the VMA.
    #[inline]
    pub fn get(&self, addr: usize) -> Result<Pte> {
        let pte = self.entry_ptr(addr)?;
        // SAFETY: By the type invariants, the entry is mapped, and locked.
        Ok(Pte::from_raw(unsafe { bindings::ptep_get(pte) }))
    }

    /// Iterates over all entries, each with its address in bytes.
    #[inline]
    pub fn iter(&self) -> PteIter<'_> {
        self.iter_from(self.start())
    }

    /// Iterates over the entries from `addr` on, an address in bytes.
    ///
    /// There are none if the address is beyond the table.
    #[inline]
    pub fn iter_from(&self, addr: usize) -> PteIter<'_> {
        let (addr, end) = (addr.max(self.start()), self.end());
        // INVARIANT: The entries are of this table, which is locked while it is borrowed. If the
        // address is beyond it, there is none left.
        let (pte, left) = match self.entry_ptr(addr) {
            Ok(pte) => (pte, (end - (addr & PAGE_MASK)) / PAGE_SIZE),
            Err(_) => (self.pte.as_ptr(), 0),
        };
        PteIter {
            pte,
            addr: addr & PAGE_MASK,
            left,
            _table: PhantomData,
        }
    }

    /// Iterates over all entries, by runs of those that say the same.
    ///
    /// Where large parts are alike, this is faster than [`iter`](Self::iter): a run is one step.
    #[inline]
    pub fn runs(&self) -> PteRuns<'_> {
        self.runs_from(self.start())
    }

    /// Iterates over the entries from `addr` on, an address in bytes, by runs.
    ///
    /// There are none if the address is beyond the table.
    #[inline]
    pub fn runs_from(&self, addr: usize) -> PteRuns<'_> {
        PteRuns(self.iter_from(addr))
    }

    /// Fills the entry for `addr`, an address in bytes, which must be empty.
    ///
    /// Does not sleep. C: `set_pte_at()`, `update_mmu_cache()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the address is not in this table, or not in the VMA; `EEXIST` if the entry is
    /// not empty. It is then unchanged.
    ///
    /// # Safety
    ///
    /// The page or page frame of `pte` must be one that user space may have here, with this access
    /// and this memory type. If it is counted, the caller gives a reference to the entry, and has
    /// added the entry to the mapping counts and to the counters of the mm. The entry must not be
    /// one that `update` is changing, if this is called from its closure.
    #[inline]
    pub unsafe fn install(&self, addr: usize, pte: NewPte) -> Result
    where
        L: MayInstall,
    {
        let entry = self.entry_ptr(addr)?;
        let addr = addr & PAGE_MASK;
        // SAFETY: By the type invariants, the entry is mapped and locked, and the mm is valid. By
        // the bound, the mmap lock or the VMA lock is held, so nobody is unmapping the VMA. The
        // entry is empty, and whoever has emptied it flushes the TLBs, as for a fault. The content
        // is right by the safety requirements.
        unsafe {
            if bindings::pte_none(bindings::ptep_get(entry)) == 0 {
                return Err(EEXIST);
            }
            bindings::set_pte_at(self.place.mm(), addr, entry, pte.raw());
            bindings::update_mmu_cache(self.place.vma.as_ptr(), addr, entry);
        }
        Ok(())
    }
}

/// The entries of a [`LockedPteTable`], each with its address in bytes.
///
/// # Invariants
///
/// `pte` points at the entry for `addr`, in a table that is mapped and locked during `'t`, and has
/// `left` entries from there on.
#[must_use = "an iterator does nothing unless it is asked for its items"]
pub struct PteIter<'t> {
    pte: *mut bindings::pte_t,
    addr: usize,
    left: usize,
    _table: PhantomData<&'t ()>,
}

impl Iterator for PteIter<'_> {
    type Item = (usize, Pte);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        // SAFETY: By the type invariants, there was an entry left, which is mapped and locked.
        let pte = Pte::from_raw(unsafe { bindings::ptep_get(self.pte) });
        let addr = self.addr;
        // INVARIANT: If there is an entry left, it is the next one. If not, neither is used again.
        self.pte = self.pte.wrapping_add(1);
        self.addr = addr.wrapping_add(PAGE_SIZE);
        Some((addr, pte))
    }
}

impl FusedIterator for PteIter<'_> {}

/// Entries of a PTE table, one after the other, that said the same when they were read.
#[derive(Clone, Copy)]
pub struct PteRun {
    first: Pte,
    addr: usize,
    entries: usize,
}

impl PteRun {
    /// The address of the first one, in bytes.
    #[inline]
    pub fn addr(&self) -> usize {
        self.addr
    }

    /// How many entries there are, each for a page. There is one at least.
    #[inline]
    pub fn entries(&self) -> usize {
        self.entries
    }

    /// The first entry. What it says is true of each, but for the page frame.
    #[inline]
    pub fn first(&self) -> Pte {
        self.first
    }
}

/// The entries of a [`LockedPteTable`], by runs of those that say the same.
///
/// Each run is as long as it can be, but for the bits that the hardware sets meanwhile.
#[must_use = "an iterator does nothing unless it is asked for its items"]
pub struct PteRuns<'t>(PteIter<'t>);

impl Iterator for PteRuns<'_> {
    type Item = PteRun;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let iter = &mut self.0;
        if iter.left == 0 {
            return None;
        }
        let mut first = MaybeUninit::uninit();
        // SAFETY: By the type invariants, there are `left` entries from `pte` on, which are mapped
        // and locked, and there is one at least.
        let entries = unsafe { bindings::ptep_get_run(iter.pte, iter.left, first.as_mut_ptr()) };
        let run = PteRun {
            // SAFETY: C has written it.
            first: Pte::from_raw(unsafe { first.assume_init() }),
            addr: iter.addr,
            entries,
        };
        // INVARIANT: C has read at most `left` entries. If there is one left, it is the next one.
        // If not, neither is used again.
        iter.left -= entries;
        iter.pte = iter.pte.wrapping_add(entries);
        iter.addr = iter.addr.wrapping_add(entries * PAGE_SIZE);
        Some(run)
    }
}

impl FusedIterator for PteRuns<'_> {}

impl<'a, L: FreezesRange> PmdEntry<'a, L> {
    /// Locks the PTE table below a PMD entry, if there is one.
    ///
    /// Spins until the lock is free. C: `pte_offset_map_lock()`.
    ///
    /// # Errors
    ///
    /// [`NoTable`] if the entry is empty, maps a huge page or is bad, which is not unusual.
    ///
    /// # Examples
    ///
    /// Counts the pages of a VMA that are present, without those that are mapped by a larger leaf.
    ///
    /// ```
    /// use kernel::mm::guard::{
    ///     order::LockScope,
    ///     vma::stable::StableGuard, //
    /// };
    ///
    /// fn present(guard: &mut StableGuard<'_>) -> Result<usize> {
    ///     let (vma, mut scope) = guard.split();
    ///     let mut count = 0;
    ///     let tables = vma.tables()?;
    ///     let mut addr = vma.start();
    ///     while addr < vma.end() {
    ///         let table = tables
    ///             .pmd_entry(addr)
    ///             .and_then(|pmd| pmd.lock_pte_table(&mut scope));
    ///         addr = match table {
    ///             Ok(table) => {
    ///                 let present = table.runs().filter(|run| run.first().is_present());
    ///                 count += present.map(|run| run.entries()).sum::<usize>();
    ///                 table.end()
    ///             }
    ///             Err(no_table) => no_table.end(),
    ///         };
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    #[inline]
    pub fn lock_pte_table<G: LockScope>(
        &self,
        _scope: &'a mut G,
    ) -> Result<PteLockGuard<'a, L>, NoTable>
    where
        PageTableLock: After<G::Innermost>,
    {
        PteLockGuard::lock(self)
    }

    /// Locks the PTE tables below this entry and another one, which may be one, if there are both.
    ///
    /// They are locked in the order of their locks' addresses. Spins until the locks are free.
    /// C: as `double_pt_lock()` in `mm/userfaultfd.c`.
    ///
    /// # Errors
    ///
    /// As [`lock_pte_table`](Self::lock_pte_table), of the entry that leads to no table.
    #[inline]
    pub fn lock_pte_tables<M: FreezesRange, G: LockScope>(
        &self,
        _scope: &'a mut G,
        second: &PmdEntry<'a, M>,
    ) -> Result<PteLockPair<'a, L, M>, NoTable>
    where
        PageTableLock: After<G::Innermost>,
    {
        PteLockPair::lock(self, second)
    }
}

/// The lock of a PTE table.
///
/// Dropping the guard unlocks the table and unmaps it. It does not sleep.
///
/// # Examples
///
/// ```
/// use kernel::mm::{
///     guard::order::{
///         LockContext,
///         LockScope, //
///     },
///     MmWithUser, //
/// };
///
/// /// Tells whether a page is present at `addr` that was written to.
/// fn is_dirty(mm: &MmWithUser, addr: usize) -> Result<bool> {
///     let mut ctx = LockContext::new(mm);
///     let mut guard = ctx.stabilise(addr)?;
///     let (vma, mut scope) = guard.split();
///     let table = vma
///         .tables()?
///         .pmd_entry(addr)
///         .and_then(|pmd| pmd.lock_pte_table(&mut scope));
///     // No table, no page: that is not unusual.
///     let Ok(table) = table else {
///         return Ok(false);
///     };
///     let pte = table.get(addr)?;
///     Ok(pte.is_present() && pte.is_dirty())
/// }
/// ```
///
/// # Invariants
///
/// The task that made this guard holds `ptl`, which is the lock of the table, and has mapped the
/// table; the guard owns both. Without `ptl`, the lock is one that a `PmdLockGuard` holds, which
/// is borrowed for `'a`.
#[must_use = "the table is unlocked at once if the guard is not kept"]
pub struct PteLockGuard<'a, L: FreezesRange> {
    table: LockedPteTable<'a, L>,
    ptl: Option<NonNull<bindings::spinlock_t>>,
}

stays_with_its_task!(PteLockGuard<L: FreezesRange>);

impl<'a, L: FreezesRange> PteLockGuard<'a, L> {
    /// Maps and locks the table below `pmd`, if there is one.
    #[inline]
    fn lock(pmd: &PmdEntry<'a, L>) -> Result<Self, NoTable> {
        let place = pmd.place;
        loop {
            let mut ptl = null_mut();
            // SAFETY: By the type invariants of `pmd`, its entry is in a table that is not freed
            // while the VMA is locked. The mm is valid, and `ptl` is valid for writes.
            let pte = unsafe {
                bindings::pte_offset_map_lock(place.mm(), pmd.raw(), place.addr, &mut ptl)
            };
            if let Some(pte) = NonNull::new(pte) {
                // SAFETY: The table was just mapped, and locked by `ptl`, which C has then set.
                return Ok(unsafe { Self::from_raw(place, pte, NonNull::new(ptl)) });
            }
            // If there is a table by now, try again.
            if let Some(no_table) = pmd.why_no_table() {
                return Err(no_table);
            }
        }
    }

    /// Makes the guard of a table that is locked.
    ///
    /// # Safety
    ///
    /// `pte` must point at the entry for `place.addr`, in a table that this task has mapped and
    /// locked by `ptl`, and what was mapped and locked goes to the guard. Without `ptl`, the lock
    /// must be held for `'a`.
    #[inline]
    pub(in crate::mm::guard) unsafe fn from_raw(
        place: Place<'a, L>,
        pte: NonNull<bindings::pte_t>,
        ptl: Option<NonNull<bindings::spinlock_t>>,
    ) -> Self {
        // INVARIANT: By the safety requirements.
        Self {
            table: LockedPteTable {
                place,
                pte,
                _nts: NotThreadSafe,
            },
            ptl,
        }
    }
}

impl<'a, L: FreezesRange> Deref for PteLockGuard<'a, L> {
    type Target = LockedPteTable<'a, L>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.table
    }
}

impl<L: FreezesRange> Drop for PteLockGuard<'_, L> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the lock, and has mapped the table, and
        // the guard owns both. C unlocks first, as unmapping ends the RCU read section that keeps
        // the lock.
        unsafe {
            let pte = self.table.pte.as_ptr();
            match self.ptl {
                Some(ptl) => bindings::pte_unmap_unlock(pte, ptl.as_ptr()),
                None => bindings::pte_unmap(pte),
            }
        }
    }
}

/// The locks of two PTE tables, which may be one.
///
/// They may be those of two VMAs, or of two mms. Dropping the pair unlocks the tables and unmaps
/// them. It does not sleep.
///
/// # Invariants
///
/// The task that made this has mapped `first`, then `second`, and holds `ptls`, the locks of the
/// tables, which are two or one for both. The pair owns all that.
#[must_use = "the tables are unlocked at once if the pair is not kept"]
pub struct PteLockPair<'a, L: FreezesRange, M: FreezesRange> {
    first: LockedPteTable<'a, L>,
    second: LockedPteTable<'a, M>,
    ptls: [NonNull<bindings::spinlock_t>; 2],
}

stays_with_its_task!(PteLockPair<L: FreezesRange, M: FreezesRange>);

impl<'a, L: FreezesRange, M: FreezesRange> PteLockPair<'a, L, M> {
    /// Maps and locks the tables below `first` and `second`, if there are both.
    #[inline]
    fn lock(first: &PmdEntry<'a, L>, second: &PmdEntry<'a, M>) -> Result<Self, NoTable> {
        loop {
            let one = MappedTable::map(first)?;
            let two = match MappedTable::map(second) {
                Ok(two) => two,
                Err(no_table) => {
                    one.unmap();
                    return Err(no_table);
                }
            };

            // By their addresses, so that two tasks do not wait for each other.
            // SAFETY: Both tables are mapped, so RCU keeps their locks. The second lock is taken
            // only if it is not the first one.
            unsafe {
                let (outer, inner) = (one.ptl.min(two.ptl), one.ptl.max(two.ptl));
                bindings::spin_lock(outer.as_ptr());
                if inner != outer {
                    bindings::spin_lock_nested(inner.as_ptr(), SINGLE_DEPTH_NESTING);
                }
            }

            let unchanged = one.is_below(first) && two.is_below(second);
            // INVARIANT: The tables were just mapped, and locked. If one is not below its entry any
            // more, the pair is only dropped.
            let pair = Self {
                first: LockedPteTable {
                    place: first.place,
                    pte: one.pte,
                    _nts: NotThreadSafe,
                },
                second: LockedPteTable {
                    place: second.place,
                    pte: two.pte,
                    _nts: NotThreadSafe,
                },
                ptls: [one.ptl, two.ptl],
            };
            if unchanged {
                return Ok(pair);
            }
        }
    }

    /// The first table.
    #[inline]
    pub fn first(&self) -> &LockedPteTable<'a, L> {
        &self.first
    }

    /// The second table, which may be the first one.
    #[inline]
    pub fn second(&self) -> &LockedPteTable<'a, M> {
        &self.second
    }

    /// Whether both tables have one lock.
    #[inline]
    pub fn is_one_lock(&self) -> bool {
        self.ptls[0] == self.ptls[1]
    }
}

impl<L: FreezesRange, M: FreezesRange> Drop for PteLockPair<'_, L, M> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: By the type invariants, this task holds the locks, and has mapped the tables, and
        // the pair owns all that. It unlocks first, as RCU keeps the locks. It unmaps in the
        // reverse order of the mapping, as `kunmap_local()` requires.
        unsafe {
            bindings::spin_unlock(self.ptls[0].as_ptr());
            if !self.is_one_lock() {
                bindings::spin_unlock(self.ptls[1].as_ptr());
            }
            bindings::pte_unmap(self.second.pte.as_ptr());
            bindings::pte_unmap(self.first.pte.as_ptr());
        }
    }
}

/// The subclass of a second lock of the same class (`SINGLE_DEPTH_NESTING`).
pub(in crate::mm::guard) const SINGLE_DEPTH_NESTING: c_int =
    bindings::SINGLE_DEPTH_NESTING as c_int;

/// A PTE table that is mapped and not locked, on the way to its lock.
pub(in crate::mm::guard) struct MappedTable {
    pub(in crate::mm::guard) pte: NonNull<bindings::pte_t>,
    pub(in crate::mm::guard) ptl: NonNull<bindings::spinlock_t>,
    pmdval: bindings::pmd_t,
}

impl MappedTable {
    /// Maps the table below `pmd`, if there is one. C: `pte_offset_map_rw_nolock()`.
    #[inline]
    pub(in crate::mm::guard) fn map<L: FreezesRange>(
        pmd: &PmdEntry<'_, L>,
    ) -> Result<Self, NoTable> {
        let place = pmd.place;
        loop {
            let mut ptl = null_mut();
            let mut pmdval = Default::default();
            // SAFETY: By the type invariants of `pmd`, its entry is in a table that is not freed
            // while the VMA is locked. The mm is valid, and the other two are valid for writes.
            let pte = unsafe {
                bindings::pte_offset_map_rw_nolock(
                    place.mm(),
                    pmd.raw(),
                    place.addr,
                    &mut pmdval,
                    &mut ptl,
                )
            };
            if let Some(pte) = NonNull::new(pte) {
                return Ok(Self {
                    pte,
                    // SAFETY: C has set this to the lock of the table, which every table has.
                    ptl: unsafe { NonNull::new_unchecked(ptl) },
                    pmdval,
                });
            }
            if let Some(no_table) = pmd.why_no_table() {
                return Err(no_table);
            }
        }
    }

    /// Whether the PMD entry still leads to this table.
    #[inline]
    fn is_below<L: FreezesRange>(&self, pmd: &PmdEntry<'_, L>) -> bool {
        // SAFETY: By the type invariants of `pmd`, its entry is in a table that is not freed while
        // the VMA is locked.
        unsafe { bindings::pmd_same(self.pmdval, bindings::pmdp_get_lockless(pmd.raw())) != 0 }
    }

    /// Unmaps the table. C: `pte_unmap()`.
    #[inline]
    fn unmap(self) {
        // SAFETY: `map` has mapped it, and it is unmapped once, as `self` is consumed.
        unsafe { bindings::pte_unmap(self.pte.as_ptr()) };
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
