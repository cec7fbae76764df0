// SPDX-License-Identifier: GPL-2.0-only
// AQ-26: a walk may block on the mmap lock: it does not step in an RCU section.
//@lock: rcu_read_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn next(ctx: &mut LockContext<'_>, addr: usize) -> Result<bool> {
    let rcu = ctx.rcu_read_lock();
    let end = ctx.walk_vmas(addr).next_vma()?.is_none(); //~ E0499
    Ok(rcu.vma_lookup(addr).is_some() && end)
}
