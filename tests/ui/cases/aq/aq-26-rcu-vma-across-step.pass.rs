// SPDX-License-Identifier: GPL-2.0-only
// AQ-26: a step of a walk restarts RCU: earlier RCU references die.
//@check-pass

use kernel::{mm::Mm, prelude::*};
use mmguard::order::LockContext;

fn next(ctx: &mut LockContext<'_>, mm: &Mm) -> Result<bool> {
    let rcu = ctx.rcu_read_lock();
    let vma = rcu.vma_lookup(0).ok_or(EFAULT)?;
    let ours = vma.belongs_to(mm).hint();
    let end = ctx.walk_vmas(0).next_vma()?.is_none();
    Ok(end && ours)
}
