// SPDX-License-Identifier: GPL-2.0-only
// PT-19: a PTE table is locked by the guard of the PMD table, which knows if their lock is one.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<bool, NoTable> {
    let mut above = pmd.lock_pmd_table(scope);
    let table = above.lock_pte_table()?;
    let found = table.iter().any(|(_, pte)| pte.is_young());
    Ok(found)
}
