// SPDX-License-Identifier: GPL-2.0-only
// BUG-2: CVE-2023-4611: a policy replaced without the VMA write lock.
//@in-tree
//@lock: VMA write lock

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::set_vm_policy, vma::{lock::VmaRead, Vma}};

fn no_policy(vma: &mut Vma<'_, VmaRead>) -> Result {
    set_vm_policy(vma, None) //~ E0277
}
