// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a VMA's policy is replaced under the VMA write lock.
//@in-tree
//@lock: VMA write lock

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::set_vm_policy, vma::{lock::VmaRead, Vma}};

fn clear(vma: &mut Vma<'_, VmaRead>) -> Result {
    set_vm_policy(vma, None) //~ E0277
}
