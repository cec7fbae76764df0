// SPDX-License-Identifier: GPL-2.0-only
// BUG-6: upstream 9bbffee67ffd: a VMA's mm touched after the VMA lock was dropped.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mut vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let mm = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    let count = mm.vmas(0).count();
    drop(mm);
    Ok(count)
}
