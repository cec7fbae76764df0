// SPDX-License-Identifier: GPL-2.0-only
// VF-12: to copy a policy may wait for memory, and reclaim takes the lock of a folio.
//@in-tree
//@lock: FolioLock

use kernel::prelude::*;
use mmguard::builtin::{folio::{folio_lock, Folio, LockedFolio}, mempolicy::dup_vm_policy};
use mmguard::vma::{lock::{VmaRead, VmaReadGuard}, Vma};

fn under(folio: &mut LockedFolio<'_>, vma: &Vma<'_, VmaRead>) -> Result {
    dup_vm_policy(folio, vma).map(drop) //~ E0277
}

fn beside(held: &mut VmaReadGuard<'_>, folio: &Folio, vma: &Vma<'_, VmaRead>) -> Result {
    let folio = folio_lock(held, folio);
    dup_vm_policy(held, vma)?; //~ E0499
    drop(folio);
    Ok(())
}
