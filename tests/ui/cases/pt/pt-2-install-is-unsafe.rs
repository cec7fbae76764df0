// SPDX-License-Identifier: GPL-2.0-only
// PT-2: that the content of an entry is right is up to who installs it.
//@lock: LockedPteTable

use kernel::prelude::*;
use mmguard::{table::{pte::NewPte, pte_lock::PteLockGuard}, vma::lock::VmaWrite};

fn fill(table: &PteLockGuard<'_, VmaWrite>, pte: NewPte) -> Result {
    table.install(0, pte) //~ E0133
}
