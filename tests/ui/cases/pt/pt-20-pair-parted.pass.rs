// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two tables are unlocked and unmapped together.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::PteLockPair};

fn unlock(pair: PteLockPair<'_, Read, Read>) -> usize {
    let _ = pair.first();
    pair.second().end()
}
