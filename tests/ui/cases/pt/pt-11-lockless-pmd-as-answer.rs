// SPDX-License-Identifier: GPL-2.0-only
// PT-11: a PMD entry that is read without the lock of its table is a hint.
//@lock: lock_pmd_table

use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn is_leaf<'a>(scope: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> bool {
    pmd.read_lockless().is_leaf() && pmd.lock_pmd_table(scope).get().is_leaf() //~ E0599
}
