// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a lock is dropped by the task that took it.
//@lock: PteLockPair

use mmguard::{mmap::Read, table::pte_lock::PteLockPair};

fn to_other_task(_: &dyn Send) {}

fn send(table: PteLockPair<'_, Read, Read>) {
    to_other_task(&table); //~ E0277
}
