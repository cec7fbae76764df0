// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, so the answer is not ignored.
//@lock: lock_pte_table

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    pmd.lock_pte_table(nothing); //~ unused_must_use
}
