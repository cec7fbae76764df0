// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a policy is read under a lock that keeps the VMA stable.
//@in-tree
//@lock: IMmap

use mmguard::{builtin::{mempolicy::vm_policy, rmap::IMmap}, vma::Vma};

fn has_policy(vma: &Vma<'_, IMmap>) -> bool {
    vm_policy(vma).is_some() //~ E0277
}
