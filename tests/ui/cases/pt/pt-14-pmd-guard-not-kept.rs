// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the guard of a table is kept.
//@lock: PmdLockGuard

use mmguard::{LockScope, NothingHeld, PmdEntry, Read};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    nothing.lock_pmd_table(pmd); //~ unused_must_use
}
