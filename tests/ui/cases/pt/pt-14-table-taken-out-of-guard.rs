// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table does not leave the guard that unlocks it.
//@lock: PteLockGuard

use mmguard::{LockedPteTable, PteLockGuard, Read};

fn unlocked(guard: PteLockGuard<'_, Read>) -> LockedPteTable<'_, Read> {
    *guard //~ E0507
}
