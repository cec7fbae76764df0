// SPDX-License-Identifier: GPL-2.0-only
// BUG-5: `vm_start` read before it is known that the VMA is attached, and not the allocator's.
//@lock: rcu_read_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    Ok(ctx.rcu_read_lock().vma_lookup(addr).ok_or(EFAULT)?.start()) //~ E0599
}
