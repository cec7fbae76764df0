// SPDX-License-Identifier: GPL-2.0-only
// VF-12: a policy is not replaced by a second handle of its VMA.
//@in-tree
//@lock: MmGuard

use core::ops::Range;
use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{builtin::mempolicy::{set_vm_policy, vm_policy}, order::LockContext};

fn clear(mm: &MmWithUser, range: Range<usize>) -> Result<u16> {
    let mut ctx = LockContext::new(mm);
    let mut mm = ctx.mmap_write_lock_killable()?;
    let vmas = mm.vma_start_write_range_killable(range)?;
    let one = vmas.vmas().next().ok_or(EFAULT)?;
    let mut same = vmas.vmas().next().ok_or(EFAULT)?;
    let old = vm_policy(&one).ok_or(EINVAL)?;
    set_vm_policy(&mut same, None)?; //~ E0277
    Ok(old.mode())
}
