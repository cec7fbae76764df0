// SPDX-License-Identifier: GPL-2.0-only

//! From a VMA to its page tables.
//!
//! A *table* has *entries*. An entry is empty, or leads to a table of the next level, or is a leaf:
//! a page. The types name the level at which an entry is: [`PgdEntry`], [`P4dEntry`], [`PudEntry`],
//! [`PmdEntry`]. What an entry of the last level contains is a [`Pte`](pte::Pte). A level that
//! the architecture folds has one entry, which is that of the level above.
//!
//! An entry above the PMD that leads to a table does so for as long as the VMA is locked, by any
//! lock: such tables are freed when no VMA is left that could use them. So these entries are
//! followed without a lock. A PMD entry is not: its table may go away at any time, and a huge page
//! may take its place. To reach what is below it, lock the table with [`PmdEntry::lock_pte_table`].
//! That may find no table, which is not unusual.
//!
//! VMAs of hugetlb follow rules of their own, and may share tables with another mm. They give no
//! tables here.
//!
//! C headers: [`include/linux/pgtable.h`](srctree/include/linux/pgtable.h),
//! [`include/linux/mm.h`](srctree/include/linux/mm.h)

pub mod page_table_lock;
pub mod pmd;
pub mod pmd_lock;
pub mod pte;
pub mod pte_lock;
pub mod pte_rcu;

use crate::{
    bindings,
    mm::guard::{
        order::rights::{
            FreezesRange,
            SeesPfns, //
        },
        table::pmd::Pmd,
        vma::{
            unstable::Unstable,
            Vma, //
        }, //
    }, //
};
use core::ptr::NonNull;
use kernel::{
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

/// A level of the page tables, whose tables have entries of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The level of a [`PgdEntry`], the topmost.
    Pgd,
    /// The level of a [`P4dEntry`].
    P4d,
    /// The level of a [`PudEntry`].
    Pud,
    /// The level of a [`PmdEntry`].
    Pmd,
}

/// What an entry contains that leads to no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTableReason {
    /// The address is not in the VMA.
    Outside,
    /// Nothing.
    Empty,
    /// A leaf: a huge page.
    Leaf,
    /// A huge page that is not present, such as one that is being migrated.
    NotPresent,
    /// Nothing that the architecture knows.
    Bad,
}

/// There was no table below an entry, at the moment of the look.
///
/// Unless the entry's lock is held, that may have changed by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTable {
    reason: NoTableReason,
    level: Level,
    end: usize,
}

impl NoTable {
    /// What the entry contained.
    #[inline]
    pub fn reason(&self) -> NoTableReason {
        self.reason
    }

    /// The level of the entry.
    #[inline]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The first address after what the entry covers, or the end of the VMA if that comes first, in
    /// bytes.
    ///
    /// For an address before the VMA, it is the start of the VMA. For an address after the VMA, it
    /// is `usize::MAX`.
    #[inline]
    pub fn end(&self) -> usize {
        self.end
    }
}

/// An address of a VMA, rounded down to a page.
pub(in crate::mm::guard) struct Place<'v, L: FreezesRange> {
    pub(in crate::mm::guard) vma: &'v Vma<'v, L>,
    pub(in crate::mm::guard) addr: usize,
}

impl<L: FreezesRange> Clone for Place<'_, L> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: FreezesRange> Copy for Place<'_, L> {}

impl<L: FreezesRange> Place<'_, L> {
    #[inline]
    pub(in crate::mm::guard) fn mm(&self) -> *mut bindings::mm_struct {
        // SAFETY: The VMA is borrowed, so its lock keeps it from being freed. The field is written
        // only when the VMA is made.
        unsafe { (*self.vma.as_ptr()).vm_mm }
    }

    /// The first address after this one at which another PTE table begins, or the VMA ends.
    #[inline]
    pub(in crate::mm::guard) fn pte_table_end(&self) -> usize {
        // SAFETY: This only calculates.
        unsafe { bindings::pmd_addr_end(self.addr, self.vma.end()) }
    }

    /// The first address that a PTE table shares with this one, or the start of the VMA.
    #[inline]
    pub(in crate::mm::guard) fn pte_table_start(&self) -> usize {
        // SAFETY: This is a constant of the architecture.
        let mask = unsafe { bindings::pmd_mask() };
        (self.addr & mask).max(self.vma.start())
    }

    /// How many entries of the PTE table the one for `addr` is after the one for this place.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the table has no entry for the address within the VMA.
    #[inline]
    pub(in crate::mm::guard) fn pte_offset(&self, addr: usize) -> Result<isize> {
        if addr < self.pte_table_start() || addr >= self.pte_table_end() {
            return Err(EFAULT);
        }
        Ok((addr / PAGE_SIZE) as isize - (self.addr / PAGE_SIZE) as isize)
    }

    #[inline]
    fn no_table(&self, level: Level, reason: NoTableReason) -> NoTable {
        let (addr, end) = (self.addr, self.vma.end());
        // SAFETY: These only calculate.
        let end = unsafe {
            match level {
                Level::Pgd => bindings::pgd_addr_end(addr, end),
                Level::P4d => bindings::p4d_addr_end(addr, end),
                Level::Pud => bindings::pud_addr_end(addr, end),
                Level::Pmd => bindings::pmd_addr_end(addr, end),
            }
        };
        NoTable { reason, level, end }
    }
}

/// The page tables of a VMA, as far as the VMA reaches. Made by [`Vma::tables`].
pub struct PageTables<'v, L: FreezesRange> {
    vma: &'v Vma<'v, L>,
}

impl<L: FreezesRange> Clone for PageTables<'_, L> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: FreezesRange> Copy for PageTables<'_, L> {}

impl<L: FreezesRange> Vma<'_, L> {
    /// The page tables of the VMA, to be walked.
    ///
    /// Takes no lock.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the VMA is hugetlb's; `EBUSY` if it is the stack of a process in `execve`, which
    /// moves and frees the tables without the locks of the reverse mapping.
    #[inline]
    pub fn tables(&self) -> Result<PageTables<'_, L>> {
        // SAFETY: The VMA is valid. C loads the flags, and `VM_HUGETLB` does not change.
        if unsafe { bindings::is_vm_hugetlb_page(self.as_ptr()) } {
            return Err(EINVAL);
        }
        // SAFETY: The VMA is valid. Once the tables are in place, `execve` takes the `anon_vma`
        // lock for writing to shrink the VMA, and clears the flags after that. So a task that holds
        // that lock, and sees the flags cleared, sees the tables in place. The flags are not set
        // again. The mmap lock and the VMA lock exclude all of that.
        if unsafe { bindings::vma_is_temporary_stack(self.as_ptr()) } {
            return Err(EBUSY);
        }
        Ok(PageTables { vma: self })
    }
}

impl<'v, L: FreezesRange> PageTables<'v, L> {
    /// The entry for `addr`, an address in bytes, in the table of the topmost level.
    ///
    /// C: `pgd_offset()`.
    ///
    /// # Errors
    ///
    /// [`NoTableReason::Outside`] if the address is not in the VMA.
    #[inline]
    pub fn pgd_entry(self, addr: usize) -> Result<PgdEntry<'v, L>, NoTable> {
        let place = self.place(addr)?;
        // SAFETY: The mm is valid: its VMAs are freed first, and the lock keeps this one.
        let entry = unsafe { bindings::pgd_offset(place.mm(), addr) };
        // INVARIANT: The table of the topmost level is freed with the mm.
        Ok(PgdEntry {
            place,
            // SAFETY: It points into that table.
            entry: unsafe { NonNull::new_unchecked(entry) },
        })
    }

    /// The place of `addr`, if it is in the VMA.
    #[inline]
    fn place(self, addr: usize) -> Result<Place<'v, L>, NoTable> {
        let vma = self.vma;
        if addr < vma.start() || addr >= vma.end() {
            return Err(NoTable {
                reason: NoTableReason::Outside,
                level: Level::Pgd,
                end: if addr < vma.start() {
                    vma.start()
                } else {
                    usize::MAX
                },
            });
        }
        Ok(Place {
            vma,
            addr: addr & PAGE_MASK,
        })
    }

    /// The PMD entry for `addr`, an address in bytes, or why there is none.
    ///
    /// Takes no lock, and is one step of C. Where that finds no table, the levels are gone through
    /// one by one, to tell why. C: `pgd_offset()`, `p4d_offset()`, `pud_offset()`, `pmd_offset()`.
    ///
    /// # Errors
    ///
    /// [`NoTable`] if the address is not in the VMA, or if there is no PMD table for it.
    #[inline]
    pub fn pmd_entry(self, addr: usize) -> Result<PmdEntry<'v, L>, NoTable> {
        let place = self.place(addr)?;
        // SAFETY: The mm is valid: its VMAs are freed first, and the lock keeps this one. So an
        // entry that leads to a table is not changed, as in `PudEntry::pmd_entry`.
        match NonNull::new(unsafe { bindings::find_pmd(place.mm(), place.addr) }) {
            // INVARIANT: `entry` is in the table that was found, which is not freed.
            Some(entry) => Ok(PmdEntry { place, entry }),
            None => self.pgd_entry(addr)?.p4d_entry()?.pud_entry()?.pmd_entry(),
        }
    }
}

/// An entry of a PGD table.
///
/// # Invariants
///
/// `entry` points at the entry for the address of `place`, in a table that is not freed while the
/// VMA is locked.
pub struct PgdEntry<'v, L: FreezesRange> {
    place: Place<'v, L>,
    entry: NonNull<bindings::pgd_t>,
}

impl<'v, L: FreezesRange> PgdEntry<'v, L> {
    /// The entry of the next level, if there is a table. C: `p4d_offset()`.
    ///
    /// # Errors
    ///
    /// [`NoTable`] if the entry leads to no table.
    #[inline]
    pub fn p4d_entry(&self) -> Result<P4dEntry<'v, L>, NoTable> {
        let entry = self.entry.as_ptr();
        // SAFETY: By the type invariants, the entry is valid. An entry that leads to a table is not
        // changed while the VMA is locked: the table is freed after the last VMA that may use it
        // has left all trees, and moved under all locks of the VMA. So C may load the entry twice.
        let below = unsafe {
            if bindings::pgdp_is_none(entry) {
                return Err(self.place.no_table(Level::Pgd, NoTableReason::Empty));
            }
            if bindings::pgdp_is_bad(entry) {
                return Err(self.place.no_table(Level::Pgd, NoTableReason::Bad));
            }
            NonNull::new_unchecked(bindings::p4d_offset(entry, self.place.addr))
        };
        // INVARIANT: `below` is in the table that the entry leads to, which is not freed.
        Ok(P4dEntry {
            place: self.place,
            entry: below,
        })
    }
}

/// An entry of a P4D table.
///
/// # Invariants
///
/// As for [`PgdEntry`].
pub struct P4dEntry<'v, L: FreezesRange> {
    place: Place<'v, L>,
    entry: NonNull<bindings::p4d_t>,
}

impl<'v, L: FreezesRange> P4dEntry<'v, L> {
    /// The entry of the next level, if there is a table. C: `pud_offset()`.
    ///
    /// # Errors
    ///
    /// [`NoTable`] if the entry leads to no table.
    #[inline]
    pub fn pud_entry(&self) -> Result<PudEntry<'v, L>, NoTable> {
        let entry = self.entry.as_ptr();
        // SAFETY: As in `PgdEntry::p4d_entry`.
        let below = unsafe {
            let p4d = bindings::p4dp_get(entry);
            if bindings::p4d_none(p4d) != 0 {
                return Err(self.place.no_table(Level::P4d, NoTableReason::Empty));
            }
            if bindings::p4d_bad(p4d) != 0 {
                return Err(self.place.no_table(Level::P4d, NoTableReason::Bad));
            }
            NonNull::new_unchecked(bindings::pud_offset(entry, self.place.addr))
        };
        // INVARIANT: `below` is in the table that the entry leads to, which is not freed.
        Ok(PudEntry {
            place: self.place,
            entry: below,
        })
    }
}

/// An entry of a PUD table.
///
/// # Invariants
///
/// As for [`PgdEntry`].
pub struct PudEntry<'v, L: FreezesRange> {
    pub(in crate::mm::guard) place: Place<'v, L>,
    entry: NonNull<bindings::pud_t>,
}

impl<L: FreezesRange> Clone for PudEntry<'_, L> {
    #[inline]
    fn clone(&self) -> Self {
        // INVARIANT: As for `self`.
        Self {
            place: self.place,
            entry: self.entry,
        }
    }
}

impl<'v, L: FreezesRange> PudEntry<'v, L> {
    /// The entry of the next level, if there is a table. C: `pmd_offset()`.
    ///
    /// # Errors
    ///
    /// [`NoTable`] if the entry leads to no table. A huge page of this size is
    /// [`NoTableReason::Leaf`].
    #[inline]
    pub fn pmd_entry(&self) -> Result<PmdEntry<'v, L>, NoTable> {
        let entry = self.entry.as_ptr();
        // SAFETY: As in `PgdEntry::p4d_entry`. An empty entry or a leaf may change, but an entry
        // that leads to a table is not changed: a leaf comes only into an empty entry. The tables
        // that hugetlb shares are the exception, and a VMA of hugetlb gives no `PageTables`.
        let reason = unsafe {
            let pud = bindings::pudp_get(entry);
            if bindings::pud_none(pud) != 0 {
                NoTableReason::Empty
            } else if bindings::pud_present(pud) == 0 {
                NoTableReason::NotPresent
            } else if bindings::pud_leaf(pud) {
                NoTableReason::Leaf
            } else if bindings::pud_bad(pud) != 0 {
                NoTableReason::Bad
            } else {
                let below = bindings::pmd_offset(entry, self.place.addr);
                // INVARIANT: `below` is in the table that the entry leads to, which is not freed.
                return Ok(PmdEntry {
                    place: self.place,
                    entry: NonNull::new_unchecked(below),
                });
            }
        };
        Err(self.place.no_table(Level::Pud, reason))
    }
}

/// An entry of a PMD table.
///
/// # Invariants
///
/// As for [`PgdEntry`].
pub struct PmdEntry<'v, L: FreezesRange> {
    pub(in crate::mm::guard) place: Place<'v, L>,
    entry: NonNull<bindings::pmd_t>,
}

impl<L: FreezesRange> Clone for PmdEntry<'_, L> {
    #[inline]
    fn clone(&self) -> Self {
        // INVARIANT: As for `self`.
        Self {
            place: self.place,
            entry: self.entry,
        }
    }
}

impl<'v, L: FreezesRange> PmdEntry<'v, L> {
    /// The address that the entry was looked up for, rounded down to a page, in bytes.
    #[inline]
    pub fn addr(&self) -> usize {
        self.place.addr
    }

    /// The C pointer, which tells where the table physically is.
    #[inline]
    pub fn as_ptr(&self, _who: &SeesPfns) -> *mut bindings::pmd_t {
        self.raw()
    }

    #[inline]
    pub(in crate::mm::guard) fn raw(&self) -> *mut bindings::pmd_t {
        self.entry.as_ptr()
    }

    /// What the entry may contain. C: `pmdp_get_lockless()`.
    ///
    /// It may have changed by now. What is below it is reached under a lock.
    #[inline]
    pub fn read_lockless(&self) -> Unstable<Pmd> {
        // SAFETY: By the type invariants, the entry is valid. C loads it at once.
        Unstable::new(Pmd::from_raw(unsafe {
            bindings::pmdp_get_lockless(self.entry.as_ptr())
        }))
    }

    /// Why there is no table, or `None` if there is one.
    #[inline]
    pub(in crate::mm::guard) fn why_no_table(&self) -> Option<NoTable> {
        let reason = self.read_lockless().hint().no_table_reason()?;
        Some(self.place.no_table(Level::Pmd, reason))
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
