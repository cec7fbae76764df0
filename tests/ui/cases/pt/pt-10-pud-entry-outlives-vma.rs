// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry is followed while the VMA is locked, and no longer.
//@lock: StableGuard

use mmguard::{table::{NoTable, PgdEntry}, vma::stable::{StableGuard, VmaReadOrRead}};

fn walk(vma: StableGuard<'_>) -> Result<bool, NoTable> {
    let Ok(Ok(pgd)) = vma.tables().map(|tables| tables.pgd_entry(0)) else { return Ok(false) };
    let pud = PgdEntry::<VmaReadOrRead>::p4d_entry(&pgd)?.pud_entry()?;
    drop(vma); //~ E0505
    Ok(pud.pmd_entry().is_ok())
}
