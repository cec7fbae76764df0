// SPDX-License-Identifier: GPL-2.0-only
// PT-20: a table of a pair is read while the pair is locked, and no longer.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::PteLockPair};

fn unlock(pair: PteLockPair<'_, Read, Read>) -> bool {
    let first = pair.first();
    let young = first.iter().any(|(_, pte)| pte.is_young());
    drop(pair);
    young
}
