// SPDX-License-Identifier: GPL-2.0-only

//! What a fault relies on under the VMA read lock: BUG-3, VF-17, BUG-12.

use super::{Part::VmaLock, Property};
use crate::fault::{dup_mmap, merge_anon_vma, vmf_anon_prepare, Tables};
use crate::reader::lock_vma_under_rcu;
use crate::world::World;
use crate::writer::Attached;
use loom::sync::atomic::Ordering::*;
use loom::thread::spawn;
use std::sync::Arc;

pub const ALL: &[Property] = &[
    Property {
        rules: &["BUG-3"],
        name: "a merge gives no anon_vma to a VMA that a fault has locked",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &["a fault found an anon_vma"],
        scenario: merge_and_fault,
    },
    Property {
        rules: &["BUG-3", "VF-17"],
        name: "two faults give one anon_vma, under a neighbour that stays",
        part: VmaLock,
        bounds: (Some(1), Some(3)),
        reaches: &["a fault has to retry"],
        scenario: two_faults,
    },
    Property {
        rules: &["BUG-12"],
        name: "fork loses no write of the parent's threads",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &["the fault copied a page"],
        scenario: fork_and_fault,
    },
];

/// A fault that sees an anon_vma adds pages to it: the VMA must be in its tree.
fn merge_and_fault() {
    let world = Arc::new(World::with_vma(0, 1));
    let shared = world.clone();
    let fault = spawn(move || {
        let Some(locked) = lock_vma_under_rcu(&shared, &shared.mms[0], 0) else {
            return;
        };
        let before = locked.vma.anon_vma.load(Relaxed);
        let ready = vmf_anon_prepare(&shared, &locked, &shared.vmas[1], 1);
        let after = locked.vma.anon_vma.load(Relaxed);
        if ready {
            let linked = locked.vma.anon_linked.load(Relaxed);
            assert!(linked, "BUG-3: an anon_vma in whose tree the VMA is not");
        } else {
            assert!(
                before == after,
                "BUG-3: the anon_vma came under a read lock"
            );
        }
        locked.end_read();
    });
    let mmap = world.mms[0].mmap_write_lock();
    merge_anon_vma(&world, &mmap, 0, 2);
    mmap.unlock();
    fault.join().expect("the fault ends");
}

/// Two faults on one VMA, while its neighbour is written.
fn two_faults() {
    let world = Arc::new(World::with_vma(0, 1));
    let mmap = world.mms[0].mmap_write_lock();
    world.mmap_region(&mmap, world.vm_area_alloc(1, &world.mms[0]), 1, 2);
    mmap.unlock();
    let faults = [(world.clone(), 1), (world.clone(), 2)].map(|(shared, new)| {
        spawn(move || {
            let Some(locked) = lock_vma_under_rcu(&shared, &shared.mms[0], 0) else {
                return;
            };
            vmf_anon_prepare(&shared, &locked, &shared.vmas[1], new);
            locked.end_read();
        })
    });
    let mmap = world.mms[0].mmap_write_lock();
    let neighbour = Attached::find(&world, &mmap, 1).expect("the neighbour is mapped");
    neighbour.start_write(&mmap).vma.flags.set(1);
    mmap.unlock();
    for fault in faults {
        fault.join().expect("the fault ends");
    }
}

/// One thread of the parent forks, one faults, one writes through its TLB.
fn fork_and_fault() {
    let all = Arc::new((World::with_vma(0, 1), Tables::new()));
    let (first, second) = (all.clone(), all.clone());
    let fault = spawn(move || {
        let (world, tables) = &*first;
        if let Some(locked) = lock_vma_under_rcu(world, &world.mms[0], 0) {
            tables.fault();
            locked.end_read();
        }
    });
    let user = spawn(move || second.1.user_write());
    dup_mmap(&all.0, &all.1);
    fault.join().expect("the fault ends");
    let wrote = user.join().expect("the user ends");
    if wrote {
        assert!(
            all.1.parent_reads() == 1,
            "BUG-12: a write of the parent is lost"
        );
    }
}
