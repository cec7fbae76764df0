// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the guard of a table is evidence of its lock, so it cannot be given another table.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::{LockedPteTable, PteLockGuard}};

fn keep<'a>(_table: LockedPteTable<'a, Read>, guard: PteLockGuard<'a, Read>) -> usize {
    guard.end()
}
