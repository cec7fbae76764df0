// SPDX-License-Identifier: GPL-2.0-only
// PT-20: a table of a pair is read while the pair is locked, and no longer.
//@lock: PteLockPair

use mmguard::{mmap::Read, table::pte_lock::PteLockPair};

fn unlock(pair: PteLockPair<'_, Read, Read>) -> bool {
    let second = pair.second();
    drop(pair); //~ E0505
    second.iter().any(|(_, pte)| pte.is_young())
}
