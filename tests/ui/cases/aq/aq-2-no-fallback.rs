// SPDX-License-Identifier: GPL-2.0-only
// AQ-2: who tries for a VMA read lock has a fallback, as it may fail.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.lock_vma_under_rcu(addr);
    Ok(vma.start()) //~ E0599
}
