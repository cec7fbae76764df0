// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the lock of a table is taken in a scope, and not by hand.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    pmd.lock_pte_table(nothing).is_ok()
}
