// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table does not leave the guard that unlocks it.
//@check-pass

use mmguard::{LockedPteTable, PteLockGuard, Read};

fn unlocked<'g>(guard: &'g PteLockGuard<'_, Read>) -> &'g LockedPteTable<'g, Read> {
    guard
}
