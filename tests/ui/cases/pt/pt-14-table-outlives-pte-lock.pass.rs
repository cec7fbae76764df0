// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table is read while it is locked, and no longer.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::{LockedPteTable, PteLockGuard}};

fn count(guard: PteLockGuard<'_, Read>) -> usize {
    let table: &LockedPteTable<'_, Read> = &guard;
    let count = table.iter().count();
    drop(guard);
    count
}
