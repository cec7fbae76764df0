// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two tables are unlocked and unmapped together.
//@check-pass

use mmguard::{PteLockPair, Read};

fn unlock(pair: PteLockPair<'_, Read, Read>) -> usize {
    let _ = pair.first();
    pair.second().end()
}
