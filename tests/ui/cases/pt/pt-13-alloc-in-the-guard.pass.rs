// SPDX-License-Identifier: GPL-2.0-only
// PT-13: to make a table sleeps and takes locks: it has the scope for itself.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{table_alloc::alloc_pte_table, *};

fn fill(guard: &mut VmaReadGuard<'_>) -> Result<bool> {
    let (vma, mut scope) = guard.split();
    Ok(alloc_pte_table(&mut scope, vma, 0)?.is_ok())
}
