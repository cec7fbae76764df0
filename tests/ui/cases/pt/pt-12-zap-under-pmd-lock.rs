// SPDX-License-Identifier: GPL-2.0-only
// PT-12: while a table is locked, no page is unmapped by who holds it.
//@lock: lock_pmd_table

use kernel::prelude::*;
use mmguard::{driver::zap::zap_hugetlb_vma_range, mmap::Read, order::LockScope, table::PmdEntry, vma::lock::VmaReadGuard};

fn zap(guard: &mut VmaReadGuard<'_>, pmd: &PmdEntry<'_, Read>) -> Result {
    let (vma, mut scope) = guard.split();
    let table = pmd.lock_pmd_table(&mut scope);
    unsafe { zap_hugetlb_vma_range(&mut scope, vma, vma.start(), 0) }?; //~ E0499
    drop(table);
    Ok(())
}
