// SPDX-License-Identifier: GPL-2.0-only
// PT-19: the lock of a PMD table is not taken under that of a PTE table, which may be the same.
//@lock: lock_pte_table

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<bool, NoTable> {
    let table = pmd.lock_pte_table(scope)?;
    let above = pmd.lock_pmd_table(scope); //~ E0499
    let found = table.iter().any(|(_, pte)| pte.is_young());
    Ok(found || above.get().is_leaf())
}
