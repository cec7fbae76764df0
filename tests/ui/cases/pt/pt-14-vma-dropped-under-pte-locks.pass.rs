// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a VMA stays locked for as long as a table of it is.
//@check-pass

use mmguard::{order::NothingHeld, vma::lock::VmaReadGuard};

fn lock(vma: VmaReadGuard<'_>, scope: &mut NothingHeld) {
    let Ok(Ok(pmd)) = vma.tables().map(|tables| tables.pmd_entry(0)) else { return };
    let table = pmd.lock_pte_tables(scope, &pmd);
    drop(table);
    drop(vma);
}
