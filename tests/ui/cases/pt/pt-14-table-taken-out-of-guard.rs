// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table does not leave the guard that unlocks it.
//@lock: PteLockGuard

use mmguard::{mmap::Read, table::pte_lock::{LockedPteTable, PteLockGuard}};

fn unlocked(guard: PteLockGuard<'_, Read>) -> LockedPteTable<'_, Read> {
    *guard //~ E0507
}
