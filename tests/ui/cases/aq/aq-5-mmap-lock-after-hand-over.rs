// SPDX-License-Identifier: GPL-2.0-only
// AQ-5: the hand-over to a VMA read lock gives up the mmap lock.
//@lock: mmap_read_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mm = ctx.mmap_read_lock();
    let _vma = mm.into_vma_read(addr).map_err(|_| EFAULT)?;
    Ok(mm.vmas(0).count()) //~ E0382
}
