// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a lock is dropped by the task that took it.
//@lock: PageTableLockGuard

use mmguard::{mmap::Read, table::page_table_lock::PageTableLockGuard};

fn to_other_task(_: &dyn Send) {}

fn send(table: PageTableLockGuard<'_, Read>) {
    to_other_task(&table); //~ E0277
}
