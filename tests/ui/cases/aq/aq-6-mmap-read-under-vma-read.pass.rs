// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: the mmap lock is not waited for while a VMA read lock of the mm is held.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mut vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let count = vma.mmap_read_trylock().ok_or(EAGAIN)?.vmas(0).count();
    Ok(vma.start() + count)
}
