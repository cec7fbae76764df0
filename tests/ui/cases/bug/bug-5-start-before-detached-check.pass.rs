// SPDX-License-Identifier: GPL-2.0-only
// BUG-5: `vm_start` read before it is known that the VMA is attached, and not the allocator's.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    Ok(ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?.start())
}
