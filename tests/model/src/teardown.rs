// SPDX-License-Identifier: GPL-2.0-only

//! Who takes page tables away, moves them, or walks them without a lock.
//! mm/memory.c, mm/vma.c, mm/khugepaged.c, mm/mremap.c, mm/gup.c.

use crate::mutant::{on, Mutant};
use crate::seen::seen;
use crate::table::{Mapping, Page, Table};
use loom::sync::atomic::Ordering::*;

/// A table that was taken out of its PMD entry, to be freed.
#[must_use = "pte_free_defer() or pte_free_tlb()"]
pub struct Unlinked<'t>(&'t Table);

impl Mapping {
    /// What removes an empty table: zap_pte_table_if_empty(), memory.c:1997, under
    /// either read lock; retract_page_tables(), khugepaged.c:2141, under i_mmap.
    pub fn unlink_if_empty(&self, at: usize) -> Option<Unlinked<'_>> {
        // memory.c:2004, khugepaged.c:2176
        let pmd_lock = (!on(Mutant::RemoveNoPmdLock)).then(|| self.pmd_lock.lock());
        let table = self.table(self.pmds[at].load(Relaxed))?;
        if on(Mutant::RemoveChecksBeforeLock) && table.entry.load(Relaxed) != 0 {
            return None;
        }
        // memory.c:2009, khugepaged.c:2192
        let held = (!on(Mutant::RemoveNoPtl)).then(|| table.ptl.lock());
        // memory.c:2012
        if table.entry.load(Relaxed) != 0
            && !on(Mutant::RemoveNoEmptyCheck)
            && !on(Mutant::RemoveChecksBeforeLock)
        {
            return None;
        }
        // memory.c:2017, khugepaged.c:2204
        if on(Mutant::RemoveUnlocksFirst) {
            drop(held);
            self.pmds[at].store(0, Relaxed);
        } else {
            self.pmds[at].store(0, Relaxed);
            drop(held);
        }
        drop(pmd_lock);
        seen("an empty table was removed");
        Some(Unlinked(table))
    }

    /// pte_free_defer(), pgtable-generic.c:250; pte_free_tlb() and
    /// tlb_remove_table_rcu(), mmu_gather.c:289: after a grace period.
    pub fn free_table(&self, unlinked: Unlinked<'_>) {
        if !on(Mutant::TableFreedAtOnce) {
            self.rcu.grace_period();
        }
        let entry = unlinked.0.entry.load(Relaxed);
        assert!(entry == 0, "PT-4: a table was freed that maps a page");
        unlinked.0.memory.free();
    }

    /// munmap(): vms_gather_munmap_vmas(), vma.c:1483, then unmap_region(),
    /// vma.c:525, under the downgraded lock (vma.c:1425).
    pub fn munmap(&self) {
        self.lock.down_write();
        // vma.c:1543 and :1684
        if !on(Mutant::TeardownKeepsInTree) {
            self.in_tree.set(false);
        }
        self.lock.downgrade_write();
        let unlink = || {
            // memory.c:401 and :417: unlink_anon_vmas(), unlink_file_vma_batch_*()
            if !on(Mutant::TeardownNoUnlink) {
                self.i_mmap.down_write();
                self.linked.set(false);
                self.i_mmap.up_write();
            }
        };
        if on(Mutant::TeardownUnlinksBeforeZap) {
            unlink();
        }
        // vma.c:532, unmap_vmas()
        if !on(Mutant::TeardownNoZap) {
            self.zap(0);
        }
        // vma.c:534, free_pgtables()
        if !on(Mutant::TeardownUnlinksBeforeZap) && !on(Mutant::TeardownFreesBeforeUnlink) {
            unlink();
        }
        // memory.c:419, free_pgd_range(): free_pte_range(), memory.c:176, without
        // a page table lock
        let table = self.table(self.pmds[0].load(Relaxed));
        if !on(Mutant::TeardownFreesBeforeClear) {
            self.pmds[0].store(0, Relaxed);
        }
        if let Some(table) = table {
            self.free_table(Unlinked(table));
        }
        if on(Mutant::TeardownFreesBeforeClear) {
            self.pmds[0].store(0, Relaxed);
        }
        if on(Mutant::TeardownFreesBeforeUnlink) {
            unlink();
        }
        self.lock.up_read();
    }

    /// Page cache truncation: unmap_mapping_pages(), memory.c:4544. The walk comes to
    /// the new VMA of a move before the old one.
    pub fn truncate(&self) {
        if !on(Mutant::WalkWithoutRmapLock) {
            self.i_mmap.down_read();
        }
        if self.linked.get() {
            self.zap(1);
            self.zap(0);
        }
        if !on(Mutant::WalkWithoutRmapLock) {
            self.i_mmap.up_read();
        }
    }

    /// MADV_DONTNEED: zap_pte_range(), memory.c:2031, with CONFIG_PT_RECLAIM.
    pub fn zap_and_reclaim(&self) {
        self.lock.down_read();
        if self.in_tree.get() {
            self.zap(0);
            // memory.c:2114
            if let Some(unlinked) = self.unlink_if_empty(0) {
                self.free_table(unlinked);
            }
        }
        self.lock.up_read();
    }

    /// retract_page_tables(), khugepaged.c:2141, of a table that is empty.
    pub fn retract(&self) {
        // khugepaged.c:2145
        if !on(Mutant::RetractWithoutRmapLock) {
            self.i_mmap.down_read();
        }
        if self.linked.get() {
            for at in [1, 0] {
                if let Some(unlinked) = self.unlink_if_empty(at) {
                    self.free_table(unlinked);
                }
            }
        }
        if !on(Mutant::RetractWithoutRmapLock) {
            self.i_mmap.up_read();
        }
    }

    /// mremap(): move_pgt_entry(), mremap.c:605, and move_normal_pmd(), mremap.c:359.
    pub fn mremap(&self) {
        self.lock.down_write();
        // mremap.c:613, take_rmap_locks()
        if !on(Mutant::MoveNoRmapLock) {
            self.i_mmap.down_write();
        }
        // mremap.c:402
        let pmd_lock = (!on(Mutant::MoveNoPmdLock)).then(|| self.pmd_lock.lock());
        // mremap.c:407 to :418
        let pmd = self.pmds[0].load(Relaxed);
        if pmd != 0 {
            self.pmds[0].store(0, Relaxed);
            self.pmds[1].store(pmd, Relaxed);
        }
        drop(pmd_lock);
        if !on(Mutant::MoveNoRmapLock) {
            self.i_mmap.up_write();
        }
        self.lock.up_write();
    }

    /// How many entries map the page, in the tables that can be reached.
    pub fn mapped(&self) -> u32 {
        let entries = self
            .pmds
            .iter()
            .filter_map(|pmd| self.table(pmd.load(SeqCst)));
        entries.map(|table| table.entry.load(SeqCst)).sum()
    }
}

/// gup_fast(), gup.c:3129: no lock, interrupts off. Gives the page, with a reference.
pub fn gup_fast(mapping: &Mapping) -> Option<&Page> {
    // gup.c:3156, local_irq_save()
    let irqs_off = mapping.rcu.read_lock();
    let pmd = mapping.pmds[0].load(Acquire);
    let irqs_off = if on(Mutant::GupIrqsOn) {
        irqs_off.unlock();
        mapping.rcu.read_lock()
    } else {
        irqs_off
    };
    let page = mapping.table(pmd).and_then(|table| {
        // gup.c:2840
        table.memory.touch();
        if table.entry.load(Relaxed) == 0 {
            return None;
        }
        let recheck = || {
            let same_pmd = mapping.pmds[0].load(Relaxed) == pmd || on(Mutant::GupNoPmdRecheck);
            let same_pte = table.entry.load(Relaxed) != 0 || on(Mutant::GupNoPteRecheck);
            same_pmd && same_pte
        };
        let early = on(Mutant::GupRechecksFirst) && recheck();
        // gup.c:2864
        if on(Mutant::GupTakesFromZero) {
            mapping.page.refs.fetch_add(1, SeqCst);
        } else if !mapping.page.try_get() {
            return None;
        }
        // gup.c:2868
        if !early && !recheck() {
            seen("GUP-fast gave the page back");
            mapping.page.put();
            return None;
        }
        Some(&mapping.page)
    });
    // gup.c:3158
    irqs_off.unlock();
    page
}
