// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: what may fall back to the mmap lock is not called by who holds it.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mm = ctx.mmap_write_lock();
    let start = mm.vma_lookup(addr).ok_or(EFAULT)?.start();
    drop(mm);
    Ok(start)
}
