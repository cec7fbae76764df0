// SPDX-License-Identifier: GPL-2.0-only
// VF-12: to copy a policy may wait for memory, and reclaim takes the lock of a folio.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::builtin::{folio::{folio_lock, Folio}, mempolicy::dup_vm_policy};
use mmguard::vma::{lock::{VmaRead, VmaReadGuard}, Vma};

fn under(held: &mut VmaReadGuard<'_>, vma: &Vma<'_, VmaRead>) -> Result {
    dup_vm_policy(held, vma).map(drop)
}

fn beside(held: &mut VmaReadGuard<'_>, folio: &Folio, vma: &Vma<'_, VmaRead>) -> Result {
    let folio = folio_lock(held, folio);
    drop(folio);
    dup_vm_policy(held, vma)?;
    Ok(())
}
