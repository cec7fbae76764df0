// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the guard of a table is evidence of its lock, so it cannot be given another table.
//@lock: PteLockGuard

use mmguard::{mmap::Read, table::pte_lock::{LockedPteTable, PteLockGuard}};

fn keep<'a>(table: LockedPteTable<'a, Read>, mut guard: PteLockGuard<'a, Read>) -> usize {
    guard.table = table; //~ E0616
    guard.end()
}
