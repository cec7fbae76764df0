// SPDX-License-Identifier: GPL-2.0-only
// AQ-26: a walk does not step while a VMA lock of the mm is held.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn next(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let end = vma.end();
    drop(vma);
    let next = ctx.walk_vmas(addr).next_vma()?.ok_or(EFAULT)?.start();
    Ok(next - end)
}
