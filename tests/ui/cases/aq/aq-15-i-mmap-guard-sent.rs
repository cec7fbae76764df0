// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@lock: IMmapGuard

use mmguard::rmap::i_mmap::{IMmapGuard, RmapRead};

fn to_other_task(_: &dyn Send) {}

fn send(guard: IMmapGuard<'_, RmapRead>) {
    to_other_task(&guard); //~ E0277
}
