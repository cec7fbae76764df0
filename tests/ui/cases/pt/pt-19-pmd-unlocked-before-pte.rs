// SPDX-License-Identifier: GPL-2.0-only
// PT-19: a PMD table stays locked for as long as a PTE table is that was locked under it.
//@lock: PmdLockGuard

use mmguard::{mmap::Read, table::pmd_lock::PmdLockGuard};

fn lock(mut pmd: PmdLockGuard<'_, Read>) {
    let table = pmd.lock_pte_table();
    drop(pmd); //~ E0505
    drop(table);
}
