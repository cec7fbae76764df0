// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a lock is dropped by the task that took it.
//@lock: PteLockGuard

use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn to_other_task(_: &dyn Send) {}

fn send(table: PteLockGuard<'_, Read>) {
    to_other_task(&table); //~ E0277
}
