// SPDX-License-Identifier: GPL-2.0-only

//! A process that changes its VMAs while it is read.

use crate::{subject::Subject, times};
use mmguard_vm::{
    tap::{Failure, Progress, Tap},
    window::{Seen, Window},
};
use mmscope::{
    check,
    device::RawWalk,
    maps::{self, MapsText},
    row::{self, Vma},
};
use std::{
    fs::File,
    hint,
    os::unix::fs::FileExt,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
};

const COUNTERS: &str = "/tmp/counters";

pub fn tests(tap: &mut Tap, vma_locks: bool) {
    tap.test("a moving process", || moving(24, 2_000, 1 << 20, vma_locks));
    tap.test("a moving process, a few rows per call", || {
        moving(24, 500, 256, vma_locks)
    });
    tap.test("a moving process of over 2,000 mappings", || {
        moving(1200, 20, 1 << 16, vma_locks)
    });
    tap.test("a moving window alone, on busy CPUs", || closely(20_000));
}

/// A process that changes a window, and all about it.
struct Moving {
    subject: Subject,
    window: Window,
    outside: Vec<Vma>,
    counters: File,
}

impl Moving {
    /// Starts the process and the changes.
    fn spawn(mappings: usize) -> Result<Self, Failure> {
        let mut subject = Subject::spawn(&["moving", COUNTERS, &mappings.to_string()])?;
        let said = subject.said.clone();
        let parse =
            |text: &str| u64::from_str_radix(text, 16).map_err(|err| format!("{said}: {err}"));
        let (start, unit) = said.split_once(' ').ok_or("what the subject said")?;
        let window = Window {
            start: parse(start)?,
            unit: parse(unit)?,
        };

        let mut text = MapsText::new(1 << 20);
        text.read(&format!("/proc/{}/maps", subject.pid()))
            .map_err(|err| err.to_string())?;
        let all = maps::parse(text.text())?;
        let outside = window.outside(&all);
        if all.len() != outside.len() + 1 {
            return Err("the window is not one VMA at the beginning".into());
        }
        subject.go()?;
        let mut moving = Self {
            subject,
            window,
            outside,
            counters: File::open(COUNTERS).map_err(|err| err.to_string())?,
        };
        while moving.rounds() == 0 && moving.subject.is_alive() {
            thread::yield_now();
        }
        Ok(moving)
    }

    /// How often it went through all its states.
    fn rounds(&self) -> u64 {
        let mut bytes = [0; 8];
        self.counters
            .read_exact_at(&mut bytes, 0)
            .expect("it is a page long");
        u64::from_ne_bytes(bytes)
    }
}

/// Reads a process `reads` times, or that times [`times`], `chunk` bytes per call, while a thread
/// of it changes a window.
fn moving(mappings: usize, reads: u64, chunk: usize, vma_locks: bool) -> Result<String, Failure> {
    let reads = reads * times();
    let mut moving = Moving::spawn(mappings)?;
    let device = moving.subject.device()?;
    let mut walk = RawWalk::new(1 << 20);
    let mut seen = Seen::default();
    let (mut rows, mut calls, mut fallbacks, mut mmap_locked) = (0, 0, 0, 0);
    let mut progress = Progress::new("reads", reads);
    let first_round = moving.rounds();
    for read in 0..reads {
        progress.at(read);
        let fail = |err: String| format!("read {read}: {err}");
        device
            .walk_into(&mut walk, chunk)
            .map_err(|err| fail(err.to_string()))?;
        let found = walk.rows().map_err(|err| fail(err.to_string()))?;
        moving
            .window
            .check(
                &found,
                &moving.outside,
                |row, vma| check::same((row, vma)),
                &mut seen,
            )
            .map_err(fail)?;
        rows += walk.counts.rows;
        calls += walk.counts.calls;
        fallbacks += walk.counts.fallbacks;
        mmap_locked += walk.counts.mmap_locked;
    }
    let rounds = moving.rounds() - first_round;
    let report = format!(
        "{reads} reads in {calls} calls, {rounds} rounds of 8 changes meanwhile; {rows} rows, \
         {} outside the window each time; {fallbacks} rows after a fallback, of them \
         {mmap_locked} under the mmap lock\nseen: {seen:?}",
        moving.outside.len()
    );
    let fail = |what: &str| Err(format!("{what}\n{report}"));
    if !moving.subject.is_alive() {
        return fail("the process did not live to the end");
    }
    if rounds < reads {
        return fail("too few rounds");
    }
    if reads >= 500 && !seen.everything() {
        return fail("not every state was seen");
    }
    if !vma_locks && mmap_locked != rows {
        return fail("rows under the VMA lock, which this kernel does not have");
    }
    if chunk < 1000 && (calls as u64) < 2 * reads {
        return fail("the walks did not span several calls");
    }
    Ok(report)
}

/// Reads nothing but the window, while other threads keep the CPUs busy, so that the reader is
/// interrupted between finding a VMA and locking it.
fn closely(reads: u64) -> Result<String, Failure> {
    let reads = reads * times();
    let mut moving = Moving::spawn(1)?;
    let device = moving.subject.device()?;
    let window = moving.window;
    let mut seen = Seen::default();
    let mut fallbacks = 0;
    let mut progress = Progress::new("reads", reads);
    let first_round = moving.rounds();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Relaxed) {
                    hint::spin_loop();
                }
            });
        }
        let result = (0..reads).try_for_each(|read| {
            progress.at(read);
            let mut buf = [0; 80];
            let from = window.start + read % 3 * window.unit;
            let fail = |err: String| format!("read {read} from {from:#x}: {err}");
            let vmas = device
                .read(from, &mut buf)
                .map_err(|err| fail(err.to_string()))?;
            fallbacks += vmas.fallbacks;
            let rows =
                row::parse(&buf[..vmas.buf_len as usize]).map_err(|err| fail(err.to_string()))?;
            window.check_part(&rows, from, &mut seen).map_err(fail)
        });
        done.store(true, Relaxed);
        result
    })?;
    let rounds = moving.rounds() - first_round;
    let report = format!(
        "{reads} reads, {rounds} rounds of 8 changes meanwhile; {fallbacks} rows after a fallback\n\
         seen: {seen:?}"
    );
    if !moving.subject.is_alive() || rounds < reads / 50 || !seen.everything() {
        return Err(format!("too little happened\n{report}"));
    }
    Ok(report)
}
