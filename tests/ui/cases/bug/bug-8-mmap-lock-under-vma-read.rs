// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: the mmap lock waited for under a VMA read lock, whose writer may hold it.
//@lock: lock_vma_under_rcu

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let mm = ctx.mmap_read_lock(); //~ E0499
    Ok(vma.start() + mm.vmas(0).count())
}
