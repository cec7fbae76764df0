// SPDX-License-Identifier: GPL-2.0-only
// PT-19: a PTE table is locked by the guard of the PMD table, which knows if their lock is one.
//@lock: lock_pmd_table

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<bool, NoTable> {
    let above = pmd.lock_pmd_table(scope);
    let table = pmd.lock_pte_table(scope)?; //~ E0499
    let found = table.iter().any(|(_, pte)| pte.is_young());
    Ok(found || above.get().is_leaf())
}
