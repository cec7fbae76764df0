// SPDX-License-Identifier: GPL-2.0-only
// BUG-2: CVE-2023-4611: a policy replaced without the VMA write lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::set_vm_policy, vma::{lock::VmaWrite, Vma}};

fn no_policy(vma: &mut Vma<'_, VmaWrite>) -> Result {
    set_vm_policy(vma, None)
}
