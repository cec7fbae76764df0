// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a reference to a VMA's policy does not outlive the policy.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::{set_vm_policy, vm_policy}, vma::{lock::VmaWrite, Vma}};

fn clear(vma: &mut Vma<'_, VmaWrite>) -> Result<u16> {
    let old = vm_policy::<VmaWrite>(vma).ok_or(EINVAL)?.mode();
    set_vm_policy(vma, None)?;
    Ok(old)
}
