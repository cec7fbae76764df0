// SPDX-License-Identifier: GPL-2.0-only
// PT-2: under an rmap lock alone no table is made.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::table_alloc::alloc_pte_table, mmap::Read, order::NothingHeld, vma::Vma};

fn fill(nothing: &mut NothingHeld, vma: &Vma<'_, Read>, addr: usize) -> Result<bool> {
    Ok(alloc_pte_table(nothing, vma, addr).is_ok())
}
