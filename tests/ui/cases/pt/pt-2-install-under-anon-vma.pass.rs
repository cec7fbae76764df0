// SPDX-License-Identifier: GPL-2.0-only
// PT-2: under an rmap lock alone nothing is installed.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::rmap::VmaWriteAll, table::{pte::NewPte, pte_lock::PteLockGuard}};

fn fill(table: &PteLockGuard<'_, VmaWriteAll>, addr: usize, pte: NewPte) -> Result {
    // SAFETY: The caller knows what it is.
    unsafe { table.install(addr, pte) }
}
