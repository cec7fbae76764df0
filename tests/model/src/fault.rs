// SPDX-License-Identifier: GPL-2.0-only

//! What faults rely on while they hold the VMA read lock: the anon_vma, against
//! faults and merges, and the page tables, against fork.
//! mm/memory.c:3951, mm/rmap.c:185, mm/vma.c:656, mm/mmap.c:1708.

use crate::mm::MmapWrite;
use crate::mutant::{on, Mutant};
use crate::reader::ReadLocked;
use crate::seen::seen;
use crate::sync::SpinLock;
use crate::vma::Vma;
use crate::world::World;
use crate::writer::Attached;
use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering::*};

/// __anon_vma_prepare(), rmap.c:185, under the mmap read lock. `neighbour` is what
/// find_mergeable_anon_vma() looks at (vma.c:2155): only the mmap lock keeps it.
fn anon_vma_prepare(page_table_lock: &SpinLock, vma: &Vma, neighbour: &Vma, new: usize) {
    // rmap.c:198
    neighbour.memory.touch();
    neighbour.flags.get();
    // rmap.c:210
    let held = page_table_lock.lock();
    // rmap.c:211
    if vma.anon_vma.load(Relaxed) == 0 || on(Mutant::AnonVmaNoRecheck) {
        assert!(
            vma.anon_vma.load(Relaxed) == 0,
            "VF-17: an anon_vma was replaced"
        );
        vma.anon_vma.store(new, Release);
        vma.anon_linked.store(true, Relaxed);
    }
    drop(held);
}

/// __vmf_anon_prepare(), memory.c:3951, by a fault that holds the VMA read lock.
/// False is VM_FAULT_RETRY.
pub fn vmf_anon_prepare(
    world: &World,
    locked: &ReadLocked<'_>,
    neighbour: &Vma,
    new: usize,
) -> bool {
    let vma = locked.vma;
    // memory.c:3956
    if vma.anon_vma.load(Acquire) != 0 {
        seen("a fault found an anon_vma");
        return true;
    }
    let mm = &world.mms[vma.vm_mm.get()];
    if on(Mutant::PrepareNoMmapLock) {
        anon_vma_prepare(&mm.page_table_lock, vma, neighbour, new);
        return true;
    }
    // memory.c:3959
    let Some(mmap) = mm.mmap_read_trylock() else {
        seen("a fault has to retry");
        return false;
    };
    // memory.c:3962
    anon_vma_prepare(&mm.page_table_lock, vma, neighbour, new);
    // memory.c:3965
    mmap.unlock();
    true
}

/// A merge that lets `page`'s VMA have the anon_vma of the VMA merged into it:
/// vma_expand(), vma.c:1264, and dup_anon_vma(), vma.c:656. BUG-3 had no
/// vma_start_write().
pub fn merge_anon_vma<'w>(world: &'w World, mmap: &MmapWrite<'w>, page: u32, source: usize) {
    let target = Attached::find(world, mmap, page).expect("a VMA is mapped here");
    // vma.c:1264
    let target = if on(Mutant::MergeNoWriteLock) || on(Mutant::MergeLocksLate) {
        target.without_lock()
    } else {
        target.start_write(mmap)
    };
    if target.vma.anon_vma.load(Relaxed) == 0 {
        // vma.c:677
        target.vma.anon_vma.store(source, Relaxed);
        if on(Mutant::MergeLocksLate) {
            let _ = Attached::find(world, mmap, page).map(|vma| vma.start_write(mmap));
        }
        // vma.c:678, anon_vma_clone()
        target.vma.anon_linked.store(true, Relaxed);
    }
}

/// What one CPU wrote into the parent's page, through which entry.
pub struct Tables {
    ptl: SpinLock,
    /// The parent's entry: the page, and whether it is writable.
    entry: AtomicU32,
    /// A CPU's TLB has the old, writable entry for page 0.
    stale: AtomicBool,
    /// What the pages contain. Hardware reads and writes them at any time, but a
    /// write through a TLB comes before the flush of that TLB has ended.
    cpu: SpinLock,
    pages: [AtomicU32; 2],
}

const WRITABLE: u32 = 0x100;

impl Tables {
    pub fn new() -> Self {
        Self {
            ptl: SpinLock::new(),
            entry: AtomicU32::new(WRITABLE),
            stale: AtomicBool::new(true),
            cpu: SpinLock::new(),
            pages: [AtomicU32::new(0), AtomicU32::new(0)],
        }
    }

    /// A thread of the parent writes, through what its TLB has. False if it faults.
    pub fn user_write(&self) -> bool {
        let cpu = self.cpu.lock();
        let may = self.stale.load(Relaxed);
        if may {
            self.pages[0].store(1, Relaxed);
        }
        drop(cpu);
        may
    }

    /// do_wp_page(): a write fault on an entry that is not writable copies the page.
    pub fn fault(&self) {
        let held = self.ptl.lock();
        if self.entry.load(Relaxed) & WRITABLE == 0 {
            let cpu = self.cpu.lock();
            self.pages[1].store(self.pages[0].load(Relaxed), Relaxed);
            drop(cpu);
            self.entry.store(1 | WRITABLE, Relaxed);
            seen("the fault copied a page");
        }
        drop(held);
    }

    fn write_protect(&self) {
        let held = self.ptl.lock();
        self.entry
            .store(self.entry.load(Relaxed) & !WRITABLE, Relaxed);
        drop(held);
    }

    fn flush_tlb(&self) {
        let cpu = self.cpu.lock();
        self.stale.store(false, Relaxed);
        drop(cpu);
    }

    /// What the parent reads.
    pub fn parent_reads(&self) -> u32 {
        self.pages[(self.entry.load(Relaxed) & !WRITABLE) as usize].load(Relaxed)
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::new()
    }
}

/// dup_mmap(), mmap.c:1708, of the one VMA that the parent has.
pub fn dup_mmap(world: &World, tables: &Tables) {
    let parent = &world.mms[0];
    // mmap.c:1716
    let mmap = parent.mmap_write_lock();
    let vma = Attached::find(world, &mmap, 0).expect("the parent's VMA is mapped");
    if on(Mutant::ForkProtectsFirst) {
        tables.write_protect();
    }
    // mmap.c:1742. BUG-12 had no such line.
    if !on(Mutant::ForkNoWriteLock) {
        let _ = vma.start_write(&mmap);
    }
    // mmap.c:1819, copy_page_range(): entries are write-protected
    tables.write_protect();
    // mmap.c:1884, flush_tlb_mm(oldmm); mmap.c:1885, mmap_write_unlock(oldmm)
    if on(Mutant::ForkUnlockBeforeFlush) {
        mmap.unlock();
        tables.flush_tlb();
        return;
    }
    tables.flush_tlb();
    mmap.unlock();
}
