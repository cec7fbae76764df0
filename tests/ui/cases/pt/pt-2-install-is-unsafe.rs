// SPDX-License-Identifier: GPL-2.0-only
// PT-2: that the content of an entry is right is up to who installs it.
//@lock: LockedPteTable

use kernel::prelude::*;
use mmguard::{table::{pte::Pte, pte_lock::PteLockGuard}, vma::lock::VmaWrite};

fn fill(table: &PteLockGuard<'_, VmaWrite>, pte: Pte) -> Result {
    table.install(0, pte) //~ E0133
}
