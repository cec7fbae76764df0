// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table is unlocked once.
//@lock: PteLockGuard

use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn unlock(table: PteLockGuard<'_, Read>) {
    drop(table);
    drop(table); //~ E0382
}
