// SPDX-License-Identifier: GPL-2.0-only
// PT-6: an entry is not changed without the lock of its table.
//@check-pass

use kernel::prelude::*;
use mmguard::{table::{pte::NewPte, pte_lock::PteLockGuard, PmdEntry}, vma::lock::VmaWrite};

fn fill(_pmd: &PmdEntry<'_, VmaWrite>, entry: &PteLockGuard<'_, VmaWrite>, pte: NewPte) -> Result {
    // SAFETY: The caller knows what it is.
    unsafe { entry.install(0, pte) }
}
