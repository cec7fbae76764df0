// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: while the first VMA is read-locked, the second is not waited for.
//@lock: lock_vma_under_rcu

use kernel::prelude::*;
use mmguard::order::LockContext;

fn gap(ctx: &mut LockContext<'_>, a: usize, b: usize) -> Result<usize> {
    let first = ctx.lock_vma_under_rcu(a).map_err(|_| EAGAIN)?;
    let second = ctx.stabilise(b)?; //~ E0499
    Ok(second.start() - first.end())
}
