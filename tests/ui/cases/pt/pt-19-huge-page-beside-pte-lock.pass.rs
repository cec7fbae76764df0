// SPDX-License-Identifier: GPL-2.0-only
// PT-19: while a PTE table is locked under a PMD table, its guard has it for itself.
//@check-pass

use mmguard::{mmap::Read, table::{pmd_lock::PmdLockGuard, NoTable}};

fn lock(pmd: &mut PmdLockGuard<'_, Read>) -> Result<bool, NoTable> {
    let leaf = pmd.get().is_leaf();
    let table = PmdLockGuard::lock_pte_table(pmd)?;
    Ok(leaf || table.iter().any(|(_, pte)| pte.is_young()))
}
