// SPDX-License-Identifier: GPL-2.0-only
// PT-13: to make a table sleeps and takes locks: it has the scope for itself.
//@in-tree
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::{table_alloc::alloc_pte_table, *};

fn fill(guard: &VmaReadGuard<'_>) -> Result<bool> {
    Ok(alloc_pte_table(guard, guard, 0)?.is_ok()) //~ E0308
}
