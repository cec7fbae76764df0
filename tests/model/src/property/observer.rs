// SPDX-License-Identifier: GPL-2.0-only

//! What an observer without locks can see, of readers and writers in each part of a
//! VMA's life: LC-3, LC-6. What it saw is compared once all of these are explored.

use super::{Part::Observer, Property};
use crate::mm::MmapWrite;
use crate::mutant::Mutant;
use crate::observer::look;
use crate::world::World;
use crate::writer::Attached;
use loom::thread::spawn;
use std::sync::Arc;

/// The full run has one preemption more, which must show no class more.
pub const ALL: &[Property] = &[
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a writer",
        part: Observer,
        bounds: (Some(3), Some(4)),
        reaches: &[],
        scenario: || observed(World::with_vma(0, 2), Until::Looked, write),
    },
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a writer come and go",
        part: Observer,
        bounds: (Some(3), Some(4)),
        reaches: &[],
        scenario: || observed(World::with_vma(0, 2), Until::Done, write),
    },
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a killed writer",
        part: Observer,
        bounds: (Some(2), Some(3)),
        reaches: &["a wait was interrupted"],
        scenario: killed_writer,
    },
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a VMA detached",
        part: Observer,
        bounds: (Some(3), Some(4)),
        reaches: &["a detach found a reader", "the bit"],
        scenario: || observed(World::with_vma(0, 2), Until::Looked, unmap),
    },
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a VMA unmapped",
        part: Observer,
        bounds: (Some(3), Some(4)),
        reaches: &["a detach found a reader", "the bit"],
        scenario: || observed(World::with_vma(0, 2), Until::Done, unmap),
    },
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a VMA mapped",
        part: Observer,
        bounds: (Some(2), Some(3)),
        reaches: &[],
        scenario: || observed(World::new(), Until::Looked, map),
    },
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a VMA replaced by itself",
        part: Observer,
        bounds: (Some(3), Some(4)),
        reaches: &[],
        scenario: || observed(World::with_vma(0, 2), Until::Looked, replace),
    },
    Property {
        rules: &["LC-3", "LC-6"],
        name: "an observer sees a VMA go to another mm",
        part: Observer,
        bounds: (Some(3), Some(4)),
        reaches: &[],
        scenario: other_mm,
    },
];

/// How long mm 0 is locked.
#[derive(PartialEq)]
enum Until {
    Done,
    Looked,
}

/// An observer of mm 0, a reader of the VMA, and what `run` does to it under the lock.
fn observed(world: World, until: Until, run: fn(&World, &MmapWrite<'_>)) {
    let world = Arc::new(world);
    let (first, second) = (world.clone(), world.clone());
    let observer = spawn(move || look(&first, &first.mms[0]));
    let reader = spawn(move || read(&second));
    let mmap = world.mms[0].mmap_write_lock();
    run(&world, &mmap);
    if until == Until::Done {
        mmap.unlock();
        observer.join().expect("the observer ends");
    } else {
        observer.join().expect("the observer ends");
        mmap.unlock();
    }
    reader.join().expect("the reader ends");
}

/// What each reader does to vm_refcnt. Whether it may keep the reference it finds out
/// between the two steps, and nobody else sees that.
fn read(world: &World) {
    let vma = &world.vmas[0];
    if vma.inc_not_zero_limited(Mutant::IncRelaxed).is_ok() {
        vma.refcount_put(&world.mms);
    }
}

fn write(world: &World, mmap: &MmapWrite<'_>) {
    let vma = Attached::find(world, mmap, 0).expect("the VMA is mapped");
    let _ = vma.start_write(mmap);
}

fn killed_writer() {
    let world = Arc::new(World::with_vma(0, 2));
    let shared = world.clone();
    let killer = spawn(move || shared.mms[0].vma_writer_wait.kill());
    let first = world.clone();
    let observer = spawn(move || look(&first, &first.mms[0]));
    let second = world.clone();
    let reader = spawn(move || read(&second));
    let mmap = world.mms[0].mmap_write_lock();
    let vma = Attached::find(&world, &mmap, 0).expect("the VMA is mapped");
    let _ = vma.start_write_killable(&mmap);
    mmap.unlock();
    for thread in [killer, observer, reader] {
        thread.join().expect("it ends");
    }
}

fn unmap(world: &World, mmap: &MmapWrite<'_>) {
    world.vm_area_free(world.munmap(mmap, 0));
}

fn map(world: &World, mmap: &MmapWrite<'_>) {
    world.mmap_region(mmap, world.vm_area_alloc(0, mmap.mm), 0, 2);
}

/// The memory of the VMA is at once that of the one that comes instead of it.
fn replace(world: &World, mmap: &MmapWrite<'_>) {
    unmap(world, mmap);
    map(world, mmap);
}

/// The VMA goes to mm 1, which was locked more often, while mm 0 is still locked.
fn other_mm() {
    let world = World::with_vma(0, 2);
    for _ in 0..3 {
        world.mms[1].mmap_write_lock().unlock();
    }
    observed(world, Until::Looked, |world, mmap| {
        unmap(world, mmap);
        let mmap = world.mms[1].mmap_write_lock();
        map(world, &mmap);
        mmap.unlock();
    });
}
