// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the guard of a table is kept.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    let _table = pmd.lock_pmd_table(nothing);
}
