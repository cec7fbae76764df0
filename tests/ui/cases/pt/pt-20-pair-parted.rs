// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two tables are unlocked and unmapped together.
//@lock: PteLockPair

use mmguard::{PteLockPair, Read};

fn unlock(pair: PteLockPair<'_, Read, Read>) -> usize {
    drop(pair.first); //~ E0616
    pair.second().end()
}
