// SPDX-License-Identifier: GPL-2.0-only
// VF-6: of the VMAs of a range, one at a time is written.
//@lock: MmGuard

use core::ops::Range;
use kernel::{mm::{virt::flags, MmWithUser}, prelude::*};
use mmguard::order::LockContext;

fn dont_dump(mm: &MmWithUser, range: Range<usize>) -> Result {
    let mut ctx = LockContext::new(mm);
    let mut mm = ctx.mmap_write_lock_killable()?;
    let mut vmas = mm.vma_start_write_range_killable(range.clone())?;
    for mut vma in vmas.vmas() {
        vma.set_flags(flags::DONTDUMP)?; //~ E0277
    }
    vmas.vma_mut(range.start).ok_or(EFAULT)?.set_flags(flags::DONTDUMP)
}
