// SPDX-License-Identifier: GPL-2.0-only

//! Speculation on the mmap lock, and its retry: LC-6, BUG-7.

use super::{Part::VmaLock, Property};
use crate::mm::Mm;
use crate::seen::seen;
use loom::sync::atomic::{AtomicU32, Ordering::*};
use loom::thread::spawn;
use std::sync::Arc;

pub const ALL: &[Property] = &[Property {
    rules: &["LC-6", "BUG-7"],
    name: "what was read by speculation was true at one time",
    part: VmaLock,
    bounds: (Some(3), None),
    reaches: &["speculated", "had to retry", "did not begin"],
    scenario: speculation,
}];

/// A reader of two fields, which a writer keeps equal under the mmap lock.
fn speculation() {
    let all = Arc::new((Mm::new(0), [AtomicU32::new(0), AtomicU32::new(0)]));
    let shared = all.clone();
    let reader = spawn(move || {
        let (mm, fields) = &*shared;
        let Some(seq) = mm.speculate_try_begin() else {
            seen("did not begin");
            return;
        };
        let read = fields.each_ref().map(|field| field.load(Relaxed));
        if mm.speculate_retry(seq) {
            seen("had to retry");
            return;
        }
        seen("speculated");
        assert!(
            read[0] == read[1],
            "LC-6: a speculation saw half of a change"
        );
    });
    let (mm, fields) = &*all;
    let mmap = mm.mmap_write_lock();
    fields[0].store(1, Relaxed);
    fields[1].store(1, Relaxed);
    mmap.unlock();
    reader.join().expect("the reader ends");
}
