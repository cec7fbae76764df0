// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a policy is not replaced by a second handle of its VMA.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::mempolicy::{set_vm_policy, vm_policy}, vma::range::VmaWriteRange};

fn clear(vmas: &mut VmaWriteRange<'_>, addr: usize) -> Result<u16> {
    let one = vmas.vmas().next().ok_or(EFAULT)?;
    let mode = vm_policy(&one).ok_or(EINVAL)?.mode();
    let mut same = vmas.vma_mut(addr).ok_or(EFAULT)?;
    set_vm_policy(&mut same, None)?;
    Ok(mode)
}
