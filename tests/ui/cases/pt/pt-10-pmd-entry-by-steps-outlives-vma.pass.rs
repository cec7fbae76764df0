// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry is looked at while the VMA is locked, and no longer.
//@check-pass

use mmguard::{table::{NoTable, PgdEntry}, vma::stable::{StableGuard, VmaReadOrRead}};

fn walk(vma: StableGuard<'_>) -> Result<bool, NoTable> {
    let Ok(Ok(pgd)) = vma.tables().map(|tables| tables.pgd_entry(0)) else { return Ok(false) };
    let pmd = PgdEntry::<VmaReadOrRead>::p4d_entry(&pgd)?.pud_entry()?.pmd_entry()?;
    let leaf = pmd.read_lockless().hint().is_leaf();
    drop(vma);
    Ok(leaf)
}
