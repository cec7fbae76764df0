// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: the mmap lock is not waited for while a VMA read lock of the mm is held.
//@lock: lock_vma_under_rcu

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let count = ctx.mmap_read_lock_killable()?.vmas(0).count(); //~ E0499
    Ok(vma.start() + count)
}
