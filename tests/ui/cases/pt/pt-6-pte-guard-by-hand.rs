// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the guard of a table is evidence of its lock, so it cannot be made by hand.
//@lock: PteLockGuard

use mmguard::{LockedPteTable, PteLockGuard, Read};

fn keep<'a>(table: LockedPteTable<'a, Read>, guard: PteLockGuard<'a, Read>) -> usize {
    PteLockGuard { table, ..guard }.end() //~ E0451
}
