// SPDX-License-Identifier: GPL-2.0-only
// PT-10: a PMD entry is not followed without the lock of the table below it.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn walk<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    pmd.lock_pte_table(nothing).is_ok()
}
