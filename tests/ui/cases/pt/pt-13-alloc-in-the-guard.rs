// SPDX-License-Identifier: GPL-2.0-only
// PT-13: to make a table sleeps and takes locks: it has the scope for itself.
//@in-tree
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::{builtin::table_alloc::alloc_pte_table, order::NothingHeld, vma::lock::VmaReadGuard};

fn fill(_: &mut NothingHeld, guard: &VmaReadGuard<'_>) -> Result<bool> {
    Ok(alloc_pte_table(guard, guard, 0).is_ok()) //~ E0308
}
