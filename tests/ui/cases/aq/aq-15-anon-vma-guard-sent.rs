// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@in-tree
//@lock: AnonVmaGuard

use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::RmapRead};

fn to_other_task(_: &dyn Send) {}

fn send(guard: AnonVmaGuard<'_, RmapRead>) {
    to_other_task(&guard); //~ E0277
}
