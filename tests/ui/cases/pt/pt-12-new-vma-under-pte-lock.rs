// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table nothing is allocated that sleeps.
//@in-tree
//@lock: lock_pte_table

use kernel::{mm::{virt::flags, MmWithUser}, prelude::*};
use mmguard::{builtin::detached::DetachedVma, mmap::Read, order::NothingHeld, table::PmdEntry};

fn new(scope: &mut NothingHeld, mm: &MmWithUser, pmd: &PmdEntry<'_, Read>) -> Result {
    let table = pmd.lock_pte_table(scope);
    drop(DetachedVma::new(scope, mm, 0..4096, flags::NONE)?); //~ E0499
    drop(table);
    Ok(())
}
