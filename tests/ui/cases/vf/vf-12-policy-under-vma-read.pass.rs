// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a VMA's policy is replaced under the VMA write lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{mempolicy::set_vm_policy, Vma, VmaWrite};

fn clear(vma: &mut Vma<'_, VmaWrite>) -> Result {
    set_vm_policy(vma, None)
}
