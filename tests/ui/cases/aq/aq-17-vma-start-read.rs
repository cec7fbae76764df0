// SPDX-License-Identifier: GPL-2.0-only
// AQ-17: `vma_start_read()`, which gives up RCU when it fails, is not offered.
//@lock: RcuSection

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let rcu = ctx.rcu_read_lock();
    let vma = rcu.vma_start_read(addr).ok_or(EAGAIN)?; //~ E0599
    Ok(vma.start())
}
