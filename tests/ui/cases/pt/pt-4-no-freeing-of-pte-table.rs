// SPDX-License-Identifier: GPL-2.0-only
// PT-4: a table is not taken out of its PMD entry.
//@lock: PmdLockGuard

use mmguard::{mmap::Write, table::pmd_lock::PmdLockGuard};

fn free(pmd: &mut PmdLockGuard<'_, Write>) -> bool {
    pmd.clear(); //~ E0599
    pmd.lock_pte_table().is_ok()
}
