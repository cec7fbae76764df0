// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the guard of a table is kept.
//@check-pass

use mmguard::{LockScope, NothingHeld, PmdEntry, Read};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    let _table = nothing.lock_pmd_table(pmd);
}
