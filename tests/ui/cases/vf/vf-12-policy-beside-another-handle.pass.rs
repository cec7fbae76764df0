// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a policy is not replaced by a second handle of its VMA.
//@in-tree
//@check-pass

use core::ops::Range;
use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{builtin::mempolicy::{set_vm_policy, vm_policy}, order::LockContext};

fn clear(mm: &MmWithUser, range: Range<usize>) -> Result<u16> {
    let mut ctx = LockContext::new(mm);
    let mut mm = ctx.mmap_write_lock_killable()?;
    let mut vmas = mm.vma_start_write_range_killable(range.clone())?;
    let old = vm_policy(&vmas.vmas().next().ok_or(EFAULT)?).ok_or(EINVAL)?.mode();
    set_vm_policy(&mut vmas.vma_mut(range.start).ok_or(EFAULT)?, None)?;
    Ok(old)
}
