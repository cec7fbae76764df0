// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, so the answer is not ignored.
//@check-pass

use mmguard::{LockScope, NothingHeld, PmdEntry, Read};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    let _found = nothing.lock_pte_table(pmd).is_ok();
}
