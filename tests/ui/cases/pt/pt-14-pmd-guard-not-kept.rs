// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the guard of a table is kept.
//@lock: PmdLockGuard

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    pmd.lock_pmd_table(nothing); //~ unused_must_use
}
