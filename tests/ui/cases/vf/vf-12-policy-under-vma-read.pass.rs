// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a VMA's policy is replaced under the VMA write lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::set_vm_policy, vma::{lock::VmaWrite, Vma}};

fn clear(vma: &mut Vma<'_, VmaWrite>) -> Result {
    set_vm_policy(vma, None)
}
