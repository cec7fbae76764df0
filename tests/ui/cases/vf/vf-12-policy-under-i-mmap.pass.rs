// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a policy is read under a lock that keeps the VMA stable.
//@in-tree
//@check-pass

use mmguard::{builtin::mempolicy::vm_policy, mmap::Read, vma::Vma};

fn has_policy(vma: &Vma<'_, Read>) -> bool {
    vm_policy(vma).is_some()
}
