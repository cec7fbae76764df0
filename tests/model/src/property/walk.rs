// SPDX-License-Identifier: GPL-2.0-only

//! lock_next_vma(): AQ-21.

use super::{Part::VmaLock, Property};
use crate::mm::PAGES;
use crate::reader::lock_next_vma;
use crate::seen::seen;
use crate::world::World;
use crate::writer::Attached;
use loom::thread::spawn;
use std::sync::Arc;

pub const ALL: &[Property] = &[
    Property {
        rules: &["AQ-21"],
        name: "a walk sees no gap that was never there",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &[
            "a gap that was never there",
            "the next VMA",
            "fell back to the mmap lock",
        ],
        scenario: split_above,
    },
    Property {
        rules: &["AQ-21"],
        name: "a walk's ends grow",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &[
            "the VMA is behind",
            "the next VMA",
            "fell back to the mmap lock",
        ],
        scenario: split_below,
    },
    Property {
        rules: &["AQ-21", "AQ-3"],
        name: "a walk passes what is unmapped meanwhile",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &["the next VMA", "no VMA", "refused by a detached VMA"],
        scenario: unmapped,
    },
    Property {
        rules: &["AQ-21", "AQ-3"],
        name: "a walk that falls back locks what the mmap lock keeps",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &["the next VMA", "no VMA", "fell back to the mmap lock"],
        scenario: unmapped_after_fallback,
    },
];

/// __split_vma(), mm/vma.c:544: VMA 0 is cut at `page`, and VMA 1 is what is below
/// (new_below) or above it. One store puts VMA 1 into the tree.
fn split(world: &World, page: u32, new_below: bool) {
    let mm = &world.mms[0];
    let mmap = mm.mmap_write_lock();
    let old = Attached::find(world, &mmap, page).expect("the VMA is mapped");
    let old = old.start_write(&mmap).vma;
    let new = world.vm_area_alloc(1, mm);
    let (start, end) = (old.vm_start.get(), old.vm_end.get());
    // vma.c:605
    if new_below {
        old.vm_start.set(page);
        world.mmap_region(&mmap, new, start, page);
    } else {
        old.vm_end.set(page);
        world.mmap_region(&mmap, new, page, end);
    }
    mmap.unlock();
}

/// Locks the VMA at `from` or above it, all of which is mapped, or was.
fn next(world: &World, from: u32, mapped: bool) {
    match lock_next_vma(world, &world.mms[0], from) {
        Some(locked) => {
            seen("the next VMA");
            let (start, end) = (locked.vma.vm_start.get(), locked.vma.vm_end.get());
            assert!(end > from, "AQ-21: the walk went back");
            assert!(start <= from, "AQ-21: a gap that was never there");
            locked.vma.flags.get();
            locked.end_read();
        }
        None => {
            assert!(!mapped, "AQ-21: the end of the walk, and there is a VMA");
            seen("no VMA");
        }
    }
}

/// The walk is at page 1, and VMA 0 has pages 1 and 2. It is split: VMA 1 gets
/// page 1. Who found VMA 0 and locks it now sees it begin at 2.
fn split_above() {
    let world = Arc::new(World::with_vma(1, PAGES));
    let shared = world.clone();
    let walker = spawn(move || next(&shared, 1, true));
    split(&world, 2, true);
    walker.join().expect("the walker ends");
    assert!(
        world.vmas[0].count() == 1,
        "LC-3: attached and unlocked is 1"
    );
}

/// The walk is at page 1, and VMA 0 has pages 0 and 1. It is split: VMA 1 gets
/// page 1. Who found VMA 0 and locks it now sees it end at 1.
fn split_below() {
    let world = Arc::new(World::with_vma(0, 2));
    let shared = world.clone();
    let walker = spawn(move || next(&shared, 1, true));
    split(&world, 1, false);
    walker.join().expect("the walker ends");
    assert!(
        world.vmas[0].count() == 1,
        "LC-3: attached and unlocked is 1"
    );
}

/// The only VMA is unmapped, and its memory is given away.
fn unmapped() {
    let world = Arc::new(World::with_vma(1, 2));
    let shared = world.clone();
    let walker = spawn(move || next(&shared, 1, false));
    unmap(&world);
    walker.join().expect("the walker ends");
}

fn unmap(world: &World) {
    let mmap = world.mms[0].mmap_write_lock();
    let detached = world.munmap(&mmap, 1);
    detached.vma.flags.set(1);
    let freed = world.vm_area_free(detached);
    mmap.unlock();
    world.free_slab(freed);
}

/// As above, but the walk comes while the VMA is write-locked, before that.
fn unmapped_after_fallback() {
    let world = Arc::new(World::with_vma(1, 2));
    let mmap = world.mms[0].mmap_write_lock();
    let vma = Attached::find(&world, &mmap, 1).expect("the VMA is mapped");
    vma.start_write(&mmap).vma.flags.set(1);
    let shared = world.clone();
    let walker = spawn(move || next(&shared, 1, false));
    mmap.unlock();
    unmap(&world);
    walker.join().expect("the walker ends");
}
