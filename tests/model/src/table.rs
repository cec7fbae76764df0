// SPDX-License-Identifier: GPL-2.0-only

//! Page tables of one file mapping: one PMD entry, the PTE tables that can be in it,
//! with one entry each, and one page of the file.
//!
//! The VMA lock and the mmap lock are one semaphore here: that they exclude what
//! they must is what the other model is about. `in_tree` is whether the VMA is
//! found through the mm's tree; `linked`, through the file's reverse mapping.
//! mm/memory.c, mm/pgtable-generic.c, mm/khugepaged.c, mm/vma.c, mm/gup.c.

use crate::mutant::{barrier, on, Mutant};
use crate::rcu::{Rcu, RcuRead};
use crate::seen::seen;
use crate::sync::{Field, Memory, RwSem, SpinLock};
use loom::sync::atomic::{AtomicU32, Ordering::*};
use loom::sync::MutexGuard;

/// A PTE table, with one entry: 0, or the page.
pub struct Table {
    pub memory: Memory,
    pub ptl: SpinLock,
    pub entry: AtomicU32,
    /// What is set up before the table is put into the PMD entry.
    ready: Field<bool>,
}

impl Table {
    fn new() -> Self {
        Self {
            memory: Memory::new("a PTE table"),
            ptl: SpinLock::new(),
            entry: AtomicU32::new(0),
            ready: Field::new(false),
        }
    }
}

/// The page: the file has a reference, and each entry that maps it.
pub struct Page {
    /// The file, nobody, or somebody else to whom the page was given.
    owner: AtomicU32,
    pub refs: AtomicU32,
}

const FILE: u32 = 1;
const NOBODY: u32 = 0;
const OTHER: u32 = 2;

pub struct Mapping {
    /// mmap lock and VMA lock.
    pub lock: RwSem,
    pub in_tree: Field<bool>,
    /// i_mmap_rwsem, and anon_vma->rwsem: a VMA leaves both (PT-4, PT-5).
    pub i_mmap: RwSem,
    pub linked: Field<bool>,
    pub pmd_lock: SpinLock,
    /// PMD entries: 0, or the table's index and one. The second is where mremap()
    /// moves the first to.
    pub pmds: [AtomicU32; 2],
    pub tables: [Table; 3],
    /// Tables that were allocated.
    allocated: AtomicU32,
    pub page: Page,
    /// RCU, and interrupts off, which hold up the same grace period.
    pub rcu: Rcu,
}

/// A table that is mapped and locked (pte_offset_map_lock()).
#[must_use = "pte_unmap_unlock()"]
pub struct Locked<'t> {
    table: &'t Table,
    held: MutexGuard<'t, ()>,
    rcu: RcuRead<'t>,
}

impl Mapping {
    /// With one table in the first PMD entry, in which the page is mapped or not.
    pub fn new(mapped: bool) -> Self {
        let mapping = Self {
            lock: RwSem::new(),
            in_tree: Field::new(true),
            i_mmap: RwSem::new(),
            linked: Field::new(true),
            pmd_lock: SpinLock::new(),
            pmds: [AtomicU32::new(1), AtomicU32::new(0)],
            tables: [Table::new(), Table::new(), Table::new()],
            allocated: AtomicU32::new(1),
            page: Page {
                owner: AtomicU32::new(FILE),
                refs: AtomicU32::new(1),
            },
            rcu: Rcu::new(),
        };
        mapping.tables[0].ready.set(true);
        if mapped {
            mapping.tables[0].entry.store(1, Relaxed);
            mapping.page.refs.store(2, Relaxed);
        }
        mapping
    }

    pub fn table(&self, pmd: u32) -> Option<&Table> {
        pmd.checked_sub(1).map(|index| &self.tables[index as usize])
    }

    /// pte_offset_map_lock(), pgtable-generic.c:393, of PMD entry `at`.
    pub fn pte_offset_map_lock(&self, at: usize) -> Option<Locked<'_>> {
        loop {
            // pgtable-generic.c:290, __pte_offset_map()
            let rcu = self.rcu.read_lock();
            let pmd = self.pmds[at].load(Acquire);
            let Some(table) = self.table(pmd) else {
                rcu.unlock();
                return None;
            };
            let rcu = if on(Mutant::MapWithoutRcu) {
                rcu.unlock();
                self.rcu.read_lock()
            } else {
                rcu
            };
            // pgtable-generic.c:404
            table.memory.touch();
            let held = table.ptl.lock();
            // pgtable-generic.c:405, pmd_same()
            if self.pmds[at].load(Relaxed) == pmd || on(Mutant::MapNoPmdSame) {
                assert!(
                    table.ready.get(),
                    "PT-15: a table was used before it was set up"
                );
                return Some(Locked { table, held, rcu });
            }
            seen("the PMD entry changed meanwhile");
            drop(held);
            rcu.unlock();
        }
    }

    /// pte_alloc() and pmd_install(), memory.c:425.
    pub fn pte_alloc(&self, at: usize) {
        if self.pmds[at].load(Relaxed) != 0 {
            return;
        }
        let new = self.allocated.fetch_add(1, Relaxed);
        let table = &self.tables[new as usize];
        table.ready.set(true);
        // memory.c:427
        let pmd_lock = self.pmd_lock.lock();
        // memory.c:429
        if self.pmds[at].load(Relaxed) == 0 || on(Mutant::InstallNoRecheck) {
            let old = self.pmds[at].load(Relaxed);
            assert!(old == 0, "PT-15: a table was replaced by another");
            // memory.c:444, smp_wmb()
            barrier(Mutant::InstallNoBarrier, Release);
            self.pmds[at].store(new + 1, Relaxed);
            seen("a fault installed a table");
        }
        drop(pmd_lock);
    }

    /// A fault that maps the page: do_read_fault() and finish_fault() in short.
    /// PT-24: a detached VMA is not found, so nothing is installed for it.
    pub fn fault(&self) {
        if !on(Mutant::FaultWithoutLock) {
            self.lock.down_read();
        }
        if self.in_tree.get() {
            self.pte_alloc(0);
            if let Some(locked) = self.pte_offset_map_lock(0) {
                if locked.table.entry.load(Relaxed) == 0 {
                    self.page.get();
                    locked.table.entry.store(1, Relaxed);
                    seen("a fault mapped the page");
                }
                locked.unlock();
            } else {
                seen("a fault has to be tried again");
            }
        }
        if !on(Mutant::FaultWithoutLock) {
            self.lock.up_read();
        }
    }

    /// zap_pte_range(), memory.c:2031, of PMD entry `at`.
    pub fn zap(&self, at: usize) {
        if let Some(locked) = self.pte_offset_map_lock(at) {
            if locked.table.entry.load(Relaxed) != 0 {
                if on(Mutant::ZapPutsFirst) {
                    self.page.put();
                    locked.table.entry.store(0, Relaxed);
                } else {
                    locked.table.entry.store(0, Relaxed);
                    self.page.put();
                }
                seen("an entry was zapped");
            }
            locked.unlock();
        }
    }
}

impl Locked<'_> {
    pub fn unlock(self) {
        drop(self.held);
        self.rcu.unlock();
    }
}

impl Page {
    pub fn get(&self) {
        self.refs.fetch_add(1, Relaxed);
    }

    /// try_get_folio(): not from 0. The struct page is never freed.
    pub fn try_get(&self) -> bool {
        let mut old = self.refs.load(Relaxed);
        while old != 0 {
            match self.refs.compare_exchange(old, old + 1, SeqCst, Relaxed) {
                Ok(_) => return true,
                Err(now) => old = now,
            }
        }
        false
    }

    /// The last reference frees the page, which is given to somebody else.
    pub fn put(&self) {
        let old = self.refs.fetch_sub(1, SeqCst);
        assert!(old != 0, "a page was put twice");
        if old == 1 {
            assert!(self.is_of_file(), "PT-4: a page of somebody else was freed");
            self.owner.store(NOBODY, SeqCst);
            self.owner.store(OTHER, SeqCst);
            self.refs.store(1, SeqCst);
        }
    }

    pub fn is_of_file(&self) -> bool {
        self.owner.load(SeqCst) == FILE
    }
}
