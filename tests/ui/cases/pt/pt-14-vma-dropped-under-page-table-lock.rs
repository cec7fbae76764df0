// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a VMA stays locked for as long as a table of it is.
//@lock: VmaReadGuard

use mmguard::{order::NothingHeld, table::PudEntry, vma::{lock::{VmaRead, VmaReadGuard}, Vma}};

fn pud<'v>(vma: &'v Vma<'_, VmaRead>) -> Option<PudEntry<'v, VmaRead>> {
    vma.tables().ok()?.pgd_entry(0).ok()?.p4d_entry().ok()?.pud_entry().ok()
}

fn lock(vma: VmaReadGuard<'_>, scope: &mut NothingHeld) {
    let Some(pud) = pud(&vma) else { return };
    let table = pud.page_table_lock(scope);
    drop(vma); //~ E0505
    drop(table);
}
