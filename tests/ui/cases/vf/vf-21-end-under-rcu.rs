// SPDX-License-Identifier: GPL-2.0-only
// VF-21: no range is read under RCU alone: a freed VMA has the allocator's pointer there.
//@lock: rcu_read_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn end(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    Ok(ctx.rcu_read_lock().vma_lookup(addr).ok_or(EFAULT)?.end()) //~ E0599
}
