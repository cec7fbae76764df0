// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the entries of a table are read while it is locked, and no longer.
//@lock: PteLockGuard

use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn count(table: PteLockGuard<'_, Read>) -> usize {
    let entries = table.iter_from(0);
    drop(table); //~ E0505
    entries.count()
}
