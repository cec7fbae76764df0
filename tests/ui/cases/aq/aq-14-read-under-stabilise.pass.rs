// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken by who may have fallen back to it.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.stabilise(addr)?;
    drop(vma);
    let mm = ctx.mmap_read_lock();
    Ok(mm.vmas(0).count())
}
