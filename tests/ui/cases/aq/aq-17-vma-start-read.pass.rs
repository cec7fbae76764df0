// SPDX-License-Identifier: GPL-2.0-only
// AQ-17: `vma_start_read()`, which gives up RCU when it fails, is not offered.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let rcu = ctx.rcu_read_lock();
    drop(rcu);
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    Ok(vma.start())
}
