// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two tables are unlocked and unmapped together.
//@lock: PteLockPair

use mmguard::{mmap::Read, table::pte_lock::PteLockPair};

fn unlock(pair: PteLockPair<'_, Read, Read>) -> usize {
    drop(pair.first); //~ E0616
    pair.second().end()
}
