// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a VMA's policy is replaced under the VMA write lock, which a downgrade ends.
//@in-tree
//@lock: VMA write lock

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::set_vm_policy, mmap::{MmGuard, Write}};

fn clear(mut mm: MmGuard<'_, Write>, addr: usize) -> Result {
    let mm = mm.downgrade();
    let mut vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
    set_vm_policy(&mut vma, None) //~ E0277
}
