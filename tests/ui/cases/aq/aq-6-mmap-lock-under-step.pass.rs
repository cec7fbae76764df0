// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: the mmap lock is not waited for while a walk holds a VMA read lock.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn sum(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mut walk = ctx.walk_vmas(0);
    let start = walk.next_vma()?.ok_or(EINVAL)?.start();
    let count = ctx.mmap_read_lock().vmas(0).count();
    Ok(start + count)
}
