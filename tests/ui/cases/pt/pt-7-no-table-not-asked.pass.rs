// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, so the answer is not ignored.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) {
    let _found = pmd.lock_pte_table(nothing).is_ok();
}
