// SPDX-License-Identifier: GPL-2.0-only

//! How long a call of the device is, in a process that has mapped much and has little.

use crate::{subject::attached, task::Task};
use mmguard_vm::{
    tap::{text, Failure, Tap},
    PAGE,
};
use mmscope::device::Device;
use nix::{
    errno::Errno,
    libc::{self, c_int},
    sys::signal::{sigaction, SaFlags, SigAction, SigHandler, SigSet, Signal},
};
use std::{
    ptr,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

/// What a process has mapped, in bytes, with a page in each step.
const SPARSE: usize = 1 << 40;
const STEP: usize = 1 << 30;
/// What an entry of a PMD table is for, in bytes.
const PMD: u64 = 2 << 20;

pub fn tests(tap: &mut Tap) {
    let mut sparse = None;
    tap.test(
        "a process has a page in each gibibyte of a tebibyte",
        || {
            sparse = Some(Task::spawn(be_sparse)?);
            thread::sleep(Duration::from_millis(500));
            Ok("")
        },
    );
    let Some(mut sparse) = sparse else { return };
    tap.test("a call looks at a part of the tebibyte", || {
        sparse.is_alive()?;
        bounded(&attached(sparse.pid.as_raw())?)
    });
    tap.test("a signal ends a call, which returns what it has", || {
        ends_by_signal(&attached(sparse.pid.as_raw())?)
    });
}

/// Maps a tebibyte, with a page in each step, and stays.
fn be_sparse() -> Result<(), Errno> {
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: It maps over nothing, and each page that is asked for is in the mapping.
    unsafe {
        // A kernel without huge pages has none anyway.
        libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
        let map = libc::mmap(ptr::null_mut(), SPARSE, prot, flags, -1, 0);
        if map == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        for offset in (0..SPARSE).step_by(STEP) {
            let page = map.byte_add(offset);
            Errno::result(libc::madvise(page, PAGE, libc::MADV_POPULATE_WRITE))?;
        }
        loop {
            libc::pause();
        }
    }
}

/// Counts pages from an address on, and returns where the call ended.
fn count(device: &Device, from: u64, buf: &mut [u8]) -> Result<u64, Failure> {
    Ok(device.read_pages(from, 0, buf).map_err(text)?.from)
}

/// Where the tebibyte is: the first address, and the first one after it.
fn tebibyte(device: &Device) -> Result<(u64, u64), Failure> {
    let (rows, _) = device.walk().map_err(text)?;
    let row = rows
        .iter()
        .find(|row| row.vma.end - row.vma.start >= SPARSE as u64);
    let vma = &row.ok_or("no tebibyte")?.vma;
    Ok((vma.start, vma.end))
}

fn bounded(device: &Device) -> Result<String, Failure> {
    /// As many entries of PMD tables a call may look at, and some more in its last row.
    const MOST: u64 = (1 << 16) + (1 << 13);

    let (mut from, end) = tebibyte(device)?;
    let mut buf = vec![0; 1 << 20];
    let (mut calls, mut longest) = (0, Duration::ZERO);
    while from < end {
        let begin = Instant::now();
        let to = count(device, from, &mut buf)?;
        longest = longest.max(begin.elapsed());
        calls += 1;
        // Where a page is, the entries of its table are looked at instead of one.
        if to - from > MOST * PMD {
            return Err(format!(
                "{} GiB in a call, which took {longest:?}",
                (to - from) >> 30
            ));
        }
        from = to;
    }
    Ok(format!("{calls} calls, the longest took {longest:?}"))
}

extern "C" fn ignore(_: c_int) {}

/// Sends this thread a signal again and again, while it counts pages.
fn ends_by_signal(device: &Device) -> Result<String, Failure> {
    let action = SigAction::new(
        SigHandler::Handler(ignore),
        SaFlags::SA_RESTART,
        SigSet::empty(),
    );
    // SAFETY: The handler does nothing.
    unsafe { sigaction(Signal::SIGUSR1, &action) }.map_err(text)?;
    let (start, end) = tebibyte(device)?;
    let mut buf = vec![0; 1 << 20];
    let whole = count(device, start, &mut buf)?;
    let done = AtomicBool::new(false);
    // SAFETY: It has no arguments.
    let this = unsafe { libc::gettid() };
    let (mut calls, mut early) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                // SAFETY: There are no pointers in the arguments.
                unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), this, libc::SIGUSR1) };
                thread::sleep(Duration::from_millis(1));
            }
        });
        let result = (|| {
            // The walk comes to its end nevertheless.
            let mut from = start;
            while from < end {
                let to = count(device, from, &mut buf)?;
                if to <= from {
                    return Err(format!("a call without progress at {from:#x}"));
                }
                calls += 1;
                from = to;
            }
            for _ in 0..20 {
                early += i32::from(count(device, start, &mut buf)? < whole);
            }
            Ok(())
        })();
        done.store(true, Relaxed);
        result
    })?;
    let said = format!("{calls} calls for all; {early} of 20 calls ended early");
    if early == 0 {
        Err(said)
    } else {
        Ok(said)
    }
}
