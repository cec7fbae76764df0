// SPDX-License-Identifier: GPL-2.0-only

//! Two mms, the VMAs, and the slab that they come from: mm/vma_init.c,
//! include/linux/mm.h:991. An object that was freed is reused at once, even for
//! another mm (SLAB_TYPESAFE_BY_RCU); its memory goes after a grace period.

use crate::mm::{Mm, MmapWrite};
use crate::mutant::{on, Mutant};
use crate::rcu::Rcu;
use crate::vma::Vma;
use crate::writer::{Attached, Detached};
use loom::sync::atomic::Ordering::*;

pub struct World {
    pub mms: [Mm; 2],
    pub vmas: [Vma; 2],
    pub rcu: Rcu,
}

impl World {
    pub fn new() -> Self {
        Self {
            mms: [Mm::new(0), Mm::new(1)],
            vmas: [Vma::new(0), Vma::new(1)],
            rcu: Rcu::new(),
        }
    }

    /// A world in which VMA 0 covers the pages from `start` to `end` of mm 0.
    pub fn with_vma(start: u32, end: u32) -> Self {
        let world = Self::new();
        let mmap = world.mms[0].mmap_write_lock();
        world.mmap_region(&mmap, world.vm_area_alloc(0, &world.mms[0]), start, end);
        mmap.unlock();
        world
    }

    /// vm_area_alloc(), vma_init.c:32; vma_init(), mm.h:991. Of the object `index`,
    /// which is free. vm_refcnt is left as it was: 0.
    pub fn vm_area_alloc(&self, index: usize, mm: &Mm) -> Detached<'_> {
        let vma = &self.vmas[index];
        vma.memory.touch();
        // memset(), mm.h:993
        vma.vm_lock_seq.store(0, Relaxed);
        vma.vm_mm_seen.store(mm.id, Relaxed);
        if !on(Mutant::AttachBeforeMm) {
            vma.vm_mm.set(mm.id);
        }
        vma.anon_vma.store(0, Relaxed);
        vma.anon_linked.store(false, Relaxed);
        vma.vm_lock_seq.store(u32::MAX, Relaxed);
        Detached { vma }
    }

    /// vma_link(), mm/vma.c:1929: write-locked, attached, and stored into the tree.
    pub fn mmap_region<'w>(
        &'w self,
        mmap: &MmapWrite<'w>,
        vma: Detached<'w>,
        start: u32,
        end: u32,
    ) {
        let id = vma.vma.id;
        if on(Mutant::StoreBeforeAttach) {
            mmap.mas_store(start, end, Some(id));
        }
        let vma = if on(Mutant::AttachBeforeRange) {
            let vma = vma.attach(mmap).vma;
            vma.vm_start.set(start);
            vma.vm_end.set(end);
            vma
        } else {
            vma.vma.vm_start.set(start);
            vma.vma.vm_end.set(end);
            vma.attach(mmap).vma
        };
        if on(Mutant::AttachBeforeMm) {
            vma.vm_mm.set(mmap.mm.id);
        }
        mmap.mas_store(start, end, Some(id));
    }

    /// munmap() of the VMA at `page`: write-locked and detached while it is still
    /// in the tree (vms_gather_munmap_vmas(), vma.c:1537 to 1543), then cleared from
    /// it (do_vmi_align_munmap(), vma.c:1684).
    pub fn munmap<'w>(&'w self, mmap: &MmapWrite<'w>, page: u32) -> Detached<'w> {
        let vma = Attached::find(self, mmap, page).expect("a VMA is mapped here");
        let locked = if on(Mutant::DetachNoWriteLock) {
            vma.without_lock()
        } else {
            vma.start_write(mmap)
        };
        let (start, end) = (locked.vma.vm_start.get(), locked.vma.vm_end.get());
        if on(Mutant::ClearTreeBeforeDetach) {
            mmap.mas_store(start, end, None);
            return locked.detach(mmap);
        }
        let detached = locked.detach(mmap);
        mmap.mas_store(start, end, None);
        detached
    }

    /// vm_area_free(), vma_init.c:149: the object may be had again at once.
    pub fn vm_area_free(&self, vma: Detached<'_>) -> usize {
        assert!(
            vma.vma.count() == 0 || on(Mutant::DetachNoWait),
            "LC-1: vma_assert_detached()"
        );
        vma.vma.id
    }

    /// The slab gives the memory of a free object away, after the grace period of
    /// SLAB_TYPESAFE_BY_RCU (vma_init.c:28).
    pub fn free_slab(&self, index: usize) {
        if !on(Mutant::SlabNotTypesafeByRcu) {
            self.rcu.grace_period();
        }
        self.vmas[index].memory.free();
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
