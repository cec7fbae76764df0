// SPDX-License-Identifier: GPL-2.0-only

//! VMAs and mms that are freed and reused: RC-3, AQ-18, BUG-6.

use super::{Part::VmaLock, Property};
use crate::reader::{lock_found, lock_vma_under_rcu};
use crate::seen::seen;
use crate::world::World;
use loom::sync::atomic::Ordering::Relaxed;
use loom::thread::spawn;
use std::sync::Arc;

pub const ALL: &[Property] = &[
    Property {
        rules: &["RC-3", "AQ-3"],
        name: "a VMA that was reused for another mm is not locked",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &["locked", "refused by another mm's VMA"],
        scenario: reused_for_another_mm,
    },
    Property {
        rules: &["RC-3"],
        name: "nor one that was reused elsewhere in the mm",
        part: VmaLock,
        bounds: (Some(1), Some(3)),
        reaches: &["locked", "refused by another range"],
        scenario: reused_for_another_range,
    },
    Property {
        rules: &["AQ-18", "BUG-6"],
        name: "another mm is not touched once it may have gone",
        part: VmaLock,
        bounds: (Some(5), None),
        reaches: &["refused by another mm's VMA"],
        scenario: other_mm_goes,
    },
    Property {
        rules: &["AQ-18"],
        name: "a VMA is not touched after the drop, nor after its grace period",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &["locked"],
        scenario: memory_goes,
    },
];

fn read(world: &World) {
    if let Some(locked) = lock_vma_under_rcu(world, &world.mms[0], 0) {
        seen("locked");
        assert!(
            locked.vma.vm_mm.get() == 0,
            "RC-3: another mm's VMA was locked"
        );
        let (start, end) = (locked.vma.vm_start.get(), locked.vma.vm_end.get());
        assert!(
            start == 0 && end > 0,
            "RC-3: a VMA of another range was locked"
        );
        locked.vma.flags.get();
        locked.end_read();
    }
}

/// munmap() in mm 0, then mmap() in the mm `to` with the same object.
fn reuse(world: &World, to: usize, start: u32) {
    let mmap = world.mms[0].mmap_write_lock();
    let freed = world.vm_area_free(world.munmap(&mmap, 0));
    mmap.unlock();
    let mm = &world.mms[to];
    let mmap = mm.mmap_write_lock();
    world.mmap_region(&mmap, world.vm_area_alloc(freed, mm), start, start + 1);
    mmap.unlock();
}

fn reused_for_another_mm() {
    let world = Arc::new(World::with_vma(0, 1));
    let shared = world.clone();
    let reader = spawn(move || read(&shared));
    reuse(&world, 1, 0);
    reader.join().expect("the reader ends");
    assert!(
        world.vmas[0].count() == 1,
        "LC-3: attached and unlocked is 1"
    );
}

fn reused_for_another_range() {
    let world = Arc::new(World::with_vma(0, 1));
    let shared = world.clone();
    let reader = spawn(move || read(&shared));
    reuse(&world, 0, 2);
    reader.join().expect("the reader ends");
    assert!(
        world.vmas[0].count() == 1,
        "LC-3: attached and unlocked is 1"
    );
}

/// The VMA has gone to mm 1, which exits. The reader found it while it was in mm 0,
/// the only one that it pins.
fn other_mm_goes() {
    let world = Arc::new(World::with_vma(0, 1));
    // So that the VMA's number is what mm 0 has once it is locked again (MmCheckLast).
    for _ in 0..2 {
        world.mms[1].mmap_write_lock().unlock();
    }
    reuse(&world, 1, 0);
    let shared = world.clone();
    let reader = spawn(move || {
        let rcu = shared.rcu.read_lock();
        let locked = lock_found(&shared, &shared.mms[0], &shared.vmas[0], rcu);
        assert!(locked.is_none(), "RC-3: another mm's VMA was locked");
    });
    let busy = world.mms[0].mmap_write_lock();
    assert!(busy.seqnum() == world.vmas[0].vm_lock_seq.load(Relaxed));
    // exit_mmap() and the last mmdrop() of mm 1
    let mm = &world.mms[1];
    let mmap = mm.mmap_write_lock();
    world.vm_area_free(world.munmap(&mmap, 0));
    mmap.unlock();
    mm.mmdrop();
    busy.unlock();
    reader.join().expect("the reader ends");
}

/// The VMA is unmapped, and its memory is given away.
fn memory_goes() {
    let world = Arc::new(World::with_vma(0, 1));
    let shared = world.clone();
    let reader = spawn(move || read(&shared));
    let mmap = world.mms[0].mmap_write_lock();
    let freed = world.vm_area_free(world.munmap(&mmap, 0));
    mmap.unlock();
    world.free_slab(freed);
    reader.join().expect("the reader ends");
}
