// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: the mmap lock is not waited for while a walk holds a VMA read lock.
//@lock: walk_vmas

use kernel::prelude::*;
use mmguard::order::LockContext;

fn sum(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mut walk = ctx.walk_vmas(0);
    let vma = walk.next_vma()?.ok_or(EINVAL)?;
    let count = ctx.mmap_read_lock().vmas(0).count(); //~ E0499
    Ok(vma.start() + count)
}
