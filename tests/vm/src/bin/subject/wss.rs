// SPDX-License-Identifier: GPL-2.0-only

//! A process that touches what it is told to touch.

use crate::{advise, file, map, protect, ready, touch, ANON, NONE, R, RW, SHARED};
use mmguard_vm::{wss::Orders, PAGE};
use nix::libc;
use std::{hint, sync::atomic::Ordering::*, thread, time::Duration};

/// A huge page.
const HUGE: usize = 2 << 20;

/// Maps `len` bytes, touches them all, and then touches pages as it is ordered.
///
/// Between two orders it sleeps, or spins, which keeps its CPU and what that has cached.
pub fn touching(orders: &str, len: usize, huge: bool, spins: bool) -> ! {
    let orders = file(orders, PAGE as u64);
    let orders = map(0, PAGE, RW, SHARED, Some(&orders), 0);
    // SAFETY: The mapping is aligned, is never unmapped, and is only used as this.
    let orders = unsafe { &*(orders as *const Orders) };

    // What surrounds the pages cannot merge with them, and they are no part of another huge page.
    let all = map(0, len + 2 * HUGE, NONE, ANON | libc::MAP_NORESERVE, None, 0);
    let start = (all + HUGE).next_multiple_of(HUGE);
    map(start, len, RW, ANON | libc::MAP_FIXED, None, 0);
    let advice = if huge {
        libc::MADV_HUGEPAGE
    } else {
        libc::MADV_NOHUGEPAGE
    };
    advise(start, len, advice);
    (start..start + len).step_by(PAGE).for_each(touch);

    ready(&format!("{start:x}"));
    let mut done = 0;
    loop {
        while orders.given.load(Acquire) == done {
            if spins {
                hint::spin_loop();
            } else {
                thread::sleep(Duration::from_millis(1));
            }
        }
        done += 1;
        let first = start + orders.first.load(Relaxed) as usize * PAGE;
        let step = orders.step.load(Relaxed) as usize * PAGE;
        if step == 0 {
            protect(start, len, R);
            protect(start, len, RW);
        }
        for i in 0..orders.count.load(Relaxed) as usize {
            touch(first + i * step);
        }
        orders.done.store(done, Release);
    }
}
