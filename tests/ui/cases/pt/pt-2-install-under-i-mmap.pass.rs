// SPDX-License-Identifier: GPL-2.0-only
// PT-2: under an rmap lock alone nothing is installed.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{table::{pte::NewPte, pte_lock::PteLockGuard}, vma::lock::VmaRead};

fn fill(table: &PteLockGuard<'_, VmaRead>, addr: usize, pte: NewPte) -> Result {
    // SAFETY: The caller knows what it is.
    unsafe { table.install(addr, pte) }
}
