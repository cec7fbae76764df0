// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: a callback that takes the mmap lock is not called under a VMA read lock.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn visit(ctx: &mut LockContext<'_>, on_vma: fn(&mut LockContext<'_>)) -> Result<usize> {
    let start = ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?.start();
    on_vma(ctx);
    Ok(start)
}
