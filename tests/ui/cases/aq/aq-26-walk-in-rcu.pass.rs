// SPDX-License-Identifier: GPL-2.0-only
// AQ-26: a walk may block on the mmap lock: it does not step in an RCU section.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn next(ctx: &mut LockContext<'_>, addr: usize) -> Result<bool> {
    let rcu = ctx.rcu_read_lock();
    let found = rcu.vma_lookup(addr).is_some();
    let end = ctx.walk_vmas(addr).next_vma()?.is_none();
    Ok(found && end)
}
