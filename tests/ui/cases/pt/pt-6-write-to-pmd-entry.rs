// SPDX-License-Identifier: GPL-2.0-only
// PT-6: an entry is not changed without the lock of its table.
//@lock: VmaWrite

use kernel::prelude::*;
use mmguard::{table::{pte::NewPte, pte_lock::PteLockGuard, PmdEntry}, vma::lock::VmaWrite};

fn fill(entry: &PmdEntry<'_, VmaWrite>, _table: &PteLockGuard<'_, VmaWrite>, pte: NewPte) -> Result {
    // SAFETY: The caller knows what it is.
    unsafe { entry.install(0, pte) } //~ E0599
}
