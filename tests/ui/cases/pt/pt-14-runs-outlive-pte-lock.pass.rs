// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the runs of entries are read while it is locked, and no longer.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn count(table: PteLockGuard<'_, Read>) -> usize {
    let runs = table.runs();
    let count = runs.count();
    drop(table);
    count
}
