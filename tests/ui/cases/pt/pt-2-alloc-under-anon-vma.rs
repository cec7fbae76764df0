// SPDX-License-Identifier: GPL-2.0-only
// PT-2: under an rmap lock alone no table is made.
//@in-tree
//@lock: AnonVma

use kernel::prelude::*;
use mmguard::{builtin::{anon_vma::AnonVma, table_alloc::alloc_pte_table}, order::NothingHeld, vma::Vma};

fn fill(nothing: &mut NothingHeld, vma: &Vma<'_, AnonVma>, addr: usize) -> Result<bool> {
    Ok(alloc_pte_table(nothing, vma, addr).is_ok()) //~ E0277
}
