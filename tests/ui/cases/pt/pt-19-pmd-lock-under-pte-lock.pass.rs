// SPDX-License-Identifier: GPL-2.0-only
// PT-19: the lock of a PMD table is not taken under that of a PTE table, which may be the same.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<bool, NoTable> {
    let mut above = pmd.lock_pmd_table(scope);
    let table = above.lock_pte_table()?;
    let found = table.iter().any(|(_, pte)| pte.is_young());
    Ok(found)
}
