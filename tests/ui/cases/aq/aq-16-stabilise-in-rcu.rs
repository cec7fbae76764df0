// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: no VMA is locked there by a call that may wait.
//@lock: rcu_read_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn size(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let rcu = ctx.rcu_read_lock();
    let found = rcu.vma_lookup(addr);
    let vma = ctx.stabilise(addr)?; //~ E0499
    Ok(found.map_or(0, |_| vma.end() - vma.start()))
}
