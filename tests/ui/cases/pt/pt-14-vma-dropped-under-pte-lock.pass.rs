// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a VMA stays locked for as long as a table of it is.
//@check-pass

use mmguard::{LockScope, NothingHeld, VmaReadGuard};

fn lock(vma: VmaReadGuard<'_>, scope: &mut NothingHeld) {
    let Ok(Ok(pmd)) = vma.tables().map(|tables| tables.pmd_entry(0)) else { return };
    let table = scope.lock_pte_table(&pmd);
    drop(table);
    drop(vma);
}
