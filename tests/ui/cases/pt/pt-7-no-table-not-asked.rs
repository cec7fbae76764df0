// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, so the answer is not ignored.
//@lock: lock_pte_table

use mmguard::{LockScope, NothingHeld, PmdEntry, Read};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    nothing.lock_pte_table(pmd); //~ unused_must_use
}
