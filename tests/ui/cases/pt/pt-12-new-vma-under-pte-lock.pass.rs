// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table nothing is allocated that sleeps.
//@in-tree
//@check-pass

use kernel::{mm::{virt::flags, MmWithUser}, prelude::*};
use mmguard::{detached::DetachedVma, LockScope, PmdEntry, Read, NothingHeld};

fn new(scope: &mut NothingHeld, mm: &MmWithUser, pmd: &PmdEntry<'_, Read>) -> Result {
    let table = scope.lock_pte_table(pmd);
    drop(table);
    drop(DetachedVma::new(scope, mm, 0..4096, flags::NONE)?);
    Ok(())
}
