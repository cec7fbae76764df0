// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: the mmap lock waited for under a VMA read lock, whose writer may hold it.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let start = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?.start();
    let mm = ctx.mmap_read_lock();
    Ok(start + mm.vmas(0).count())
}
