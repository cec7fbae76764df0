// SPDX-License-Identifier: GPL-2.0-only

//! Readers and writers of one VMA: AQ-3, LC-2 to LC-6.

use super::{Part::VmaLock, Property};
use crate::rcuwait::TaskState;
use crate::reader::{lock_vma_under_rcu, vma_start_read_locked};
use crate::seen::seen;
use crate::world::World;
use crate::writer::{is_write_locked, Attached};
use loom::thread::spawn;
use std::sync::Arc;

pub const ALL: &[Property] = &[
    Property {
        rules: &["AQ-3", "LC-4", "LC-6"],
        name: "a reader never reads what a writer writes",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &[
            "locked",
            "refused early",
            "refused by the exclude bit",
            "refused by the sequence number",
        ],
        scenario: reader_and_writer,
    },
    Property {
        rules: &["LC-4", "AQ-3"],
        name: "nor does one that began under the mmap lock",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &["locked under the mmap lock"],
        scenario: reader_under_mmap_lock,
    },
    Property {
        rules: &["LC-6", "AQ-3"],
        name: "each write lock shows, and each release",
        part: VmaLock,
        bounds: (Some(2), Some(4)),
        reaches: &["locked"],
        scenario: writer_twice,
    },
    Property {
        rules: &["LC-3"],
        name: "vm_refcnt has no value but those that are listed",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &[
            "0",
            "1",
            "1 and readers",
            "the bit and 1",
            "the bit, 1 and readers",
        ],
        scenario: two_readers_and_writer,
    },
    Property {
        rules: &["LC-1", "LC-2", "LC-3"],
        name: "a detach waits for false readers, and then there are none",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &[
            "a detach found a reader",
            "refused by a detached VMA",
            "the bit",
        ],
        scenario: reader_and_detach,
    },
    Property {
        rules: &["LC-1", "AQ-3"],
        name: "a VMA that is attached is set up, and is not read before it is unlocked",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &["locked"],
        scenario: reader_and_attach,
    },
    Property {
        rules: &["LC-5"],
        name: "a killed writer leaves the VMA attached and unlocked",
        part: VmaLock,
        bounds: (Some(2), Some(3)),
        reaches: &["a wait was interrupted", "write-locked, and killable"],
        scenario: killed_writer,
    },
    Property {
        rules: &["LC-5"],
        name: "a detach whose wait failed counts if its last reader has gone",
        part: VmaLock,
        bounds: (Some(3), Some(4)),
        reaches: &["a wait was interrupted", "interrupted, and detached"],
        scenario: killed_detach,
    },
];

/// Locks, reads what a writer writes, unlocks.
fn read(world: &World) {
    if let Some(locked) = lock_vma_under_rcu(world, &world.mms[0], 0) {
        seen("locked");
        assert!(locked.vma.vm_mm.get() == 0);
        locked.vma.flags.get();
        locked.end_read();
    }
}

/// Nobody writes any more: a reader gets the lock.
fn must_lock(world: &World) {
    let locked = lock_vma_under_rcu(world, &world.mms[0], 0);
    locked
        .expect("LC-6: the release of the mmap lock released the VMA")
        .end_read();
    assert!(
        world.vmas[0].count() == 1,
        "LC-3: attached and unlocked is 1"
    );
}

fn write(world: &World) {
    let mmap = world.mms[0].mmap_write_lock();
    let vma = Attached::find(world, &mmap, 0).expect("the VMA is mapped");
    let locked = vma.start_write(&mmap);
    assert!(
        is_write_locked(&mmap, locked.vma),
        "LC-4: the sequence number says so"
    );
    locked.vma.flags.set(1);
    mmap.unlock();
}

fn reader_and_writer() {
    let world = Arc::new(World::with_vma(0, 2));
    let shared = world.clone();
    let reader = spawn(move || read(&shared));
    write(&world);
    reader.join().expect("the reader ends");
    must_lock(&world);
}

fn reader_under_mmap_lock() {
    let world = Arc::new(World::with_vma(0, 2));
    let shared = world.clone();
    let reader = spawn(move || {
        let mmap = shared.mms[0].mmap_read_lock();
        let vma = &shared.vmas[mmap.mm.mas_walk(0).expect("the VMA is mapped")];
        let locked = vma_start_read_locked(&shared, &mmap, vma);
        let locked = locked.expect("nobody can write-lock the VMA");
        mmap.unlock();
        seen("locked under the mmap lock");
        locked.vma.flags.get();
        locked.end_read();
    });
    write(&world);
    reader.join().expect("the reader ends");
    must_lock(&world);
}

fn writer_twice() {
    let world = Arc::new(World::with_vma(0, 2));
    let shared = world.clone();
    let reader = spawn(move || read(&shared));
    write(&world);
    write(&world);
    reader.join().expect("the reader ends");
    must_lock(&world);
}

fn two_readers_and_writer() {
    let world = Arc::new(World::with_vma(0, 2));
    let readers = [world.clone(), world.clone()].map(|shared| spawn(move || read(&shared)));
    write(&world);
    for reader in readers {
        reader.join().expect("the reader ends");
    }
    must_lock(&world);
}

fn reader_and_detach() {
    let world = Arc::new(World::with_vma(0, 2));
    let shared = world.clone();
    let reader = spawn(move || read(&shared));
    let mmap = world.mms[0].mmap_write_lock();
    let detached = world.munmap(&mmap, 0);
    // LC-8: its only owner writes without a lock.
    detached.vma.flags.set(1);
    mmap.unlock();
    assert!(
        detached.vma.count() == 0,
        "LC-2: a detached VMA gave a reference"
    );
    world.vm_area_free(detached);
    reader.join().expect("the reader ends");
}

fn reader_and_attach() {
    let world = Arc::new(World::new());
    let shared = world.clone();
    let reader = spawn(move || read(&shared));
    let mmap = world.mms[0].mmap_write_lock();
    let new = world.vm_area_alloc(0, &world.mms[0]);
    world.mmap_region(&mmap, new, 0, 2);
    // Still write-locked: a caller goes on setting it up.
    world.vmas[0].flags.set(1);
    mmap.unlock();
    reader.join().expect("the reader ends");
    must_lock(&world);
}

fn killed_writer() {
    let world = Arc::new(World::with_vma(0, 2));
    let (first, second) = (world.clone(), world.clone());
    let reader = spawn(move || read(&first));
    let killer = spawn(move || second.mms[0].vma_writer_wait.kill());
    let mmap = world.mms[0].mmap_write_lock();
    let vma = Attached::find(&world, &mmap, 0).expect("the VMA is mapped");
    match vma.start_write_killable(&mmap) {
        Ok(locked) => {
            seen("write-locked, and killable");
            locked.vma.flags.set(1);
        }
        Err(_) => {
            let vma = &world.vmas[0];
            assert!(
                !is_write_locked(&mmap, vma),
                "LC-5: write-locked in spite of the signal"
            );
            assert!(vma.count() != 0, "LC-5: not attached after the signal");
        }
    }
    mmap.unlock();
    reader.join().expect("the reader ends");
    killer.join().expect("the killer ends");
    must_lock(&world);
}

fn killed_detach() {
    let world = Arc::new(World::with_vma(0, 2));
    let (first, second) = (world.clone(), world.clone());
    let reader = spawn(move || read(&first));
    let killer = spawn(move || second.mms[0].vma_writer_wait.kill());
    let mmap = world.mms[0].mmap_write_lock();
    let vma = Attached::find(&world, &mmap, 0).expect("the VMA is mapped");
    let locked = vma.start_write(&mmap);
    let detached = locked.mark_detached(&mmap, TaskState::Killable);
    let gone = detached.is_ok();
    if let Ok(detached) = detached {
        assert!(detached.vma.count() == 0, "LC-5: detached is 0");
        world.vm_area_free(detached);
    }
    mmap.unlock();
    reader.join().expect("the reader ends");
    killer.join().expect("the killer ends");
    // With a reader left the count goes to 0 with it, and without the bit.
    assert!(
        world.vmas[0].count() == 0,
        "LC-5: the bit is left (detached: {gone})"
    );
}
