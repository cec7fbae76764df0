// SPDX-License-Identifier: GPL-2.0-only

//! The mmap lock, read, downgraded, written: AQ-12.

use super::{Part::VmaLock, Property};
use crate::mm::Mm;
use crate::reader::lock_vma_under_rcu;
use crate::seen::seen;
use crate::world::World;
use loom::sync::atomic::{AtomicBool, Ordering::*};
use loom::thread::spawn;
use std::sync::Arc;

pub const ALL: &[Property] = &[
    Property {
        rules: &["AQ-12"],
        name: "downgraded excludes downgraded",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &[],
        scenario: two_downgraded,
    },
    Property {
        rules: &["AQ-12"],
        name: "downgraded excludes written",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &[],
        scenario: downgraded_and_written,
    },
    Property {
        rules: &["AQ-12"],
        name: "read excludes written",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &[],
        scenario: read_and_written,
    },
    Property {
        rules: &["AQ-12"],
        name: "read goes with downgraded",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &["read and downgraded at once"],
        scenario: read_and_downgraded,
    },
    Property {
        rules: &["AQ-12", "LC-6"],
        name: "a downgrade ends the VMA write locks",
        part: VmaLock,
        bounds: (Some(3), None),
        reaches: &[],
        scenario: downgrade_unlocks,
    },
];

fn downgrade_and_write(mm: &Mm) {
    let mmap = mm.mmap_write_lock().downgrade();
    mm.data.set(1);
    mmap.unlock();
}

fn write(mm: &Mm) {
    let mmap = mm.mmap_write_lock();
    mm.data.set(2);
    mmap.unlock();
}

fn two_downgraded() {
    let mm = Arc::new(Mm::new(0));
    let shared = mm.clone();
    let other = spawn(move || downgrade_and_write(&shared));
    downgrade_and_write(&mm);
    other.join().expect("it ends");
    assert!(mm.seq_once() == 4, "LC-6: four moves of mm_lock_seq");
}

fn downgraded_and_written() {
    let mm = Arc::new(Mm::new(0));
    let shared = mm.clone();
    let other = spawn(move || downgrade_and_write(&shared));
    write(&mm);
    other.join().expect("it ends");
    assert!(mm.seq_once() == 4, "LC-6: four moves of mm_lock_seq");
}

fn read_and_written() {
    let mm = Arc::new(Mm::new(0));
    let shared = mm.clone();
    let other = spawn(move || {
        let mmap = shared.mmap_read_lock();
        shared.data.get();
        assert!(
            shared.seq_once() & 1 == 0,
            "LC-6: odd only while it is held for writing"
        );
        mmap.unlock();
    });
    write(&mm);
    other.join().expect("it ends");
}

fn read_and_downgraded() {
    let mm = Arc::new(Mm::new(0));
    let inside = Arc::new(AtomicBool::new(false));
    let (shared, reading) = (mm.clone(), inside.clone());
    let other = spawn(move || {
        let mmap = shared.mmap_read_lock();
        reading.store(true, SeqCst);
        reading.store(false, SeqCst);
        mmap.unlock();
    });
    let mmap = mm.mmap_write_lock();
    assert!(!inside.load(SeqCst), "AQ-12: read and written at once");
    let mmap = mmap.downgrade();
    if inside.load(SeqCst) {
        seen("read and downgraded at once");
    }
    mmap.unlock();
    other.join().expect("it ends");
}

fn downgrade_unlocks() {
    let world = World::with_vma(0, 2);
    let mmap = world.mms[0].mmap_write_lock();
    let vma = crate::writer::Attached::find(&world, &mmap, 0).expect("the VMA is mapped");
    let _ = vma.start_write(&mmap);
    assert!(
        lock_vma_under_rcu(&world, &world.mms[0], 0).is_none(),
        "LC-4: it is write-locked"
    );
    let mmap = mmap.downgrade();
    let locked = lock_vma_under_rcu(&world, &world.mms[0], 0);
    locked
        .expect("LC-6: a downgrade releases the VMA")
        .end_read();
    mmap.unlock();
}
