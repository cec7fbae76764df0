// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table does not leave the guard that unlocks it.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::{LockedPteTable, PteLockGuard}};

fn unlocked<'g>(guard: &'g PteLockGuard<'_, Read>) -> &'g LockedPteTable<'g, Read> {
    guard
}
