// SPDX-License-Identifier: GPL-2.0-only
// PT-2: under an rmap lock alone nothing is installed.
//@in-tree
//@lock: AnonVma

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::AnonVma, table::{pte::NewPte, pte_lock::PteLockGuard}};

fn fill(table: &PteLockGuard<'_, AnonVma>, addr: usize, pte: NewPte) -> Result {
    // SAFETY: The caller knows what it is.
    unsafe { table.install(addr, pte) } //~ E0277
}
