// SPDX-License-Identifier: GPL-2.0-only
// PT-13: while a table is locked, none is made by who holds it.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::table_alloc::alloc_pte_table, mmap::Read, order::LockScope, table::PmdEntry, vma::lock::VmaReadGuard};

fn fill(guard: &mut VmaReadGuard<'_>, pmd: &PmdEntry<'_, Read>) -> Result<bool> {
    let (vma, mut scope) = guard.split();
    let table = pmd.lock_pte_table(&mut scope);
    drop(table);
    let found = alloc_pte_table(&mut scope, vma, 0).is_ok();
    Ok(found)
}
