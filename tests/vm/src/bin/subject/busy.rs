// SPDX-License-Identifier: GPL-2.0-only

//! A process whose threads change its VMAs, each in a window of its own, and fault in all of them.

use crate::{advise, map, protect, ready, unmap, ANON, NONE, R, RW};
use mmguard_vm::{access, PAGE};
use nix::libc;
use std::{hint::spin_loop, ptr, thread};

/// Threads that change a window, over and over.
const CHANGES: [fn(usize); 4] = [split_and_merge, map_and_unmap, move_about, change_flags];
/// The length of a window, and of the gap behind it.
const WINDOW: usize = 4 * PAGE;

/// Says where the windows are, how far apart, and how many, and is busy until it is killed. The
/// last one is mapped all the time.
pub fn busy() -> ! {
    access::let_fail();
    let len = 2 * WINDOW * CHANGES.len();
    let first = map(0, len, NONE, ANON | libc::MAP_NORESERVE, None, 0);
    for (i, change) in CHANGES.into_iter().enumerate() {
        let window = first + i * 2 * WINDOW;
        map(window, WINDOW, RW, ANON | libc::MAP_FIXED, None, 0);
        thread::spawn(move || loop {
            change(window);
        });
    }
    let last = first + (CHANGES.len() - 1) * 2 * WINDOW;
    thread::spawn(move || loop {
        fault(first, len);
    });
    thread::spawn(move || loop {
        fault(last, WINDOW);
        advise(last, WINDOW, libc::MADV_DONTNEED);
    });
    ready(&format!("{first:x} {:x} {:x}", 2 * WINDOW, CHANGES.len()));
    loop {
        fork_and_end();
    }
}

fn split_and_merge(window: usize) {
    protect(window + PAGE, PAGE, R);
    protect(window + PAGE, PAGE, RW);
}

fn map_and_unmap(window: usize) {
    unmap(window, WINDOW);
    map(window, WINDOW, RW, ANON | libc::MAP_FIXED, None, 0);
    // Over what is there.
    map(window, WINDOW, R, ANON | libc::MAP_FIXED, None, 0);
    map(window, WINDOW, RW, ANON | libc::MAP_FIXED, None, 0);
}

/// There and back, and smaller and larger.
fn move_about(window: usize) {
    let half = WINDOW / 2;
    resize(window, WINDOW, half, window);
    resize(window, half, half, window + half);
    resize(window + half, half, half, window);
    resize(window, half, WINDOW, window);
}

fn resize(from: usize, len: usize, new_len: usize, to: usize) {
    let (flags, to) = match from == to {
        true => (0, ptr::null_mut()),
        false => (
            libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED,
            to as *mut libc::c_void,
        ),
    };
    // SAFETY: The window is this thread's, and nothing refers to it.
    let result = unsafe { libc::mremap(from as *mut _, len, new_len, flags, to) };
    assert_ne!(result, libc::MAP_FAILED, "mremap: {}", nix::Error::last());
}

/// A part gets a flag, and loses it.
fn change_flags(window: usize) {
    advise(window, PAGE, libc::MADV_DONTDUMP);
    advise(window, PAGE, libc::MADV_DODUMP);
    for _ in 0..100 {
        spin_loop();
    }
}

/// Writes to each page that is there.
fn fault(addr: usize, len: usize) {
    for page in (addr..addr + len).step_by(PAGE) {
        // SAFETY: No object is in the windows.
        let _ = unsafe { access::store(page, 1) };
    }
}

fn fork_and_end() {
    // SAFETY: The child does nothing but end.
    match unsafe { libc::fork() } {
        // SAFETY: It has no pointers.
        0 => unsafe { libc::_exit(0) },
        -1 => thread::yield_now(),
        // SAFETY: It waits for the child, and nothing is written.
        child => drop(unsafe { libc::waitpid(child, ptr::null_mut(), 0) }),
    }
}
