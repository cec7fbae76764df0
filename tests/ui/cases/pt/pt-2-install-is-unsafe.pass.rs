// SPDX-License-Identifier: GPL-2.0-only
// PT-2: that the content of an entry is right is up to who installs it.
//@check-pass

use kernel::prelude::*;
use mmguard::{table::{pte::NewPte, pte_lock::PteLockGuard}, vma::lock::VmaWrite};

fn fill(table: &PteLockGuard<'_, VmaWrite>, pte: NewPte) -> Result {
    // SAFETY: The caller knows what it is.
    unsafe { table.install(0, pte) }
}
