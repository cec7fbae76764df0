// SPDX-License-Identifier: GPL-2.0-only
// PT-10: a PMD entry is not followed without the lock of the table below it.
//@lock: lock_pte_table

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn walk<'a>(_: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    pmd.lock_pte_table().is_ok() //~ E0061
}
