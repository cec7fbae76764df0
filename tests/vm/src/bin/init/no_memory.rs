// SPDX-License-Identifier: GPL-2.0-only

//! What stays of a call for which there was no memory: each allocation in it fails once.

use crate::{mmpool::eventually, set_if_there};
use mmguard_vm::{
    pool::{Kind, Object, PAGES},
    tap::Failure,
    PAGE,
};
use nix::{
    errno::Errno,
    libc,
    mount::{mount, MsFlags},
    sys::wait::waitpid,
    unistd::{fork, ForkResult},
};
use std::{fs::File, io, os::unix::fs::FileExt};

const DEBUGFS: &str = "/sys/kernel/debug";

/// Files, and what is written to them.
type Settings = [(&'static str, &'static str)];

/// Has allocations fail that may wait for memory, or are of one page, and nothing printed. They
/// fail for a task that asks for it alone.
const SETTINGS: [(&str, &str); 5] = [
    ("/sys/kernel/debug/failslab/ignore-gfp-wait", "N"),
    ("/sys/kernel/debug/failslab/verbose", "0"),
    ("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N"),
    ("/sys/kernel/debug/fail_page_alloc/min-order", "0"),
    ("/sys/kernel/debug/fail_page_alloc/verbose", "0"),
];

/// All allocations, those of pages for user space included.
const OF_ALL: [(&str, &str); 2] = [
    ("/sys/kernel/debug/failslab/cache-filter", "N"),
    ("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N"),
];

/// Those of VMAs, and page tables. Of a stack for a task, the kernel logs the failure with a trace.
const OF_MM: [(&str, &str); 3] = [
    ("/sys/kernel/slab/vm_area_struct/failslab", "1"),
    ("/sys/kernel/debug/failslab/cache-filter", "Y"),
    ("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "Y"),
];

/// In an object of this many pages.
const LEN: usize = 8;

/// Whether this kernel can have allocations fail.
pub fn can_fail() -> Result<bool, Failure> {
    let none = None::<&str>;
    match mount(none, DEBUGFS, Some("debugfs"), MsFlags::empty(), none) {
        Ok(()) | Err(Errno::EBUSY) => {}
        // It has no debugfs.
        Err(Errno::ENOENT | Errno::ENODEV) => return Ok(false),
        Err(err) => return Err(format!("mounting {DEBUGFS}: {err}")),
    }
    set(&SETTINGS)?;
    set(&OF_ALL)?;
    Ok(File::open("/proc/thread-self/fail-nth").is_ok())
}

fn set(settings: &Settings) -> Result<(), Failure> {
    settings
        .iter()
        .try_for_each(|(file, value)| set_if_there(file, value))
}

/// Calls of each sort, on objects of a kind. Of those that fail nothing stays.
pub fn nothing_stays(kind: Kind) -> Result<String, Failure> {
    let other = Object::new(PAGES, 0, 1).map_err(|err| format!("an object: {err}"))?;
    one_is_left(&other)?;
    let made = each("an object", || Object::new(kind, 0, LEN))?;
    one_is_left(&other)?;

    let object = Object::new(kind, 0, LEN).map_err(|err| format!("an object: {err}"))?;
    let mapped = each("mmap", || object.map())?;
    let split = each("a split", || {
        let map = object.map()?;
        // SAFETY: It is in the mapping.
        Errno::result(unsafe { libc::munmap(map.at(3) as _, PAGE) })?;
        Ok(map)
    })?;
    let moved = each("a move", || {
        let mut map = object.map()?;
        map.remap(LEN, LEN, libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED)?;
        Ok(map)
    })?;
    let accessed = each("accesses", || {
        let map = object.map()?;
        for page in 0..LEN {
            map.store(page, 1).map_err(|_| Errno::ENOMEM)?;
        }
        Ok(map)
    })?;
    let map = object.map().map_err(|err| format!("mmap: {err}"))?;
    set(&OF_MM)?;
    let forked = each("a fork", || {
        // SAFETY: The child ends at once.
        match unsafe { fork() }? {
            // SAFETY: It runs no code of this program.
            ForkResult::Child => unsafe { libc::_exit(0) },
            ForkResult::Parent { child } => waitpid(child, None),
        }
    });
    set(&OF_ALL)?;
    let forked = forked?;
    drop(map);
    drop(object);
    one_is_left(&other)?;
    Ok(format!(
        "allocations that failed, of an object: {made}, mmap: {mapped}, a split: {split}, \
         a move: {moved}, accesses: {accessed}, a fork: {forked}"
    ))
}

/// Objects go a moment after their last user.
fn one_is_left(object: &Object) -> Result<(), Failure> {
    eventually("one object is left", || {
        let stats = object.stats().map_err(|err| format!("stats: {err}"))?;
        Ok(stats.objects == 1)
    })
}

/// Calls something again and again, and has the first, the second and so on of its allocations
/// fail, until all have. Returns how many it has.
fn each<T>(what: &str, mut call: impl FnMut() -> Result<T, Errno>) -> Result<u32, Failure> {
    let text = |err: io::Error| format!("fail-nth: {err}");
    let mut options = File::options();
    let nth = options.read(true).write(true);
    let nth = nth.open("/proc/thread-self/fail-nth").map_err(text)?;
    for number in 1_u32.. {
        let order = number.to_string();
        nth.write_all_at(order.as_bytes(), 0).map_err(text)?;
        let result = call();
        let mut left = [0; 16];
        let len = nth.read_at(&mut left, 0);
        nth.write_all_at(b"0", 0).map_err(text)?;
        let none_failed = &left[..len.map_err(text)?] != b"0\n";
        match result {
            Ok(_) if none_failed && number > 1 => return Ok(number - 1),
            Ok(_) if none_failed => return Err(format!("{what} allocates nothing")),
            // The kernel did without, or tried again.
            Ok(_) => {}
            Err(Errno::ENOMEM) if !none_failed => {}
            Err(err) => return Err(format!("{what}, allocation {number}: {err}")),
        }
    }
    unreachable!("a call has fewer allocations")
}
