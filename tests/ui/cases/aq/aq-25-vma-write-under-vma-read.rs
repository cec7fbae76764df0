// SPDX-License-Identifier: GPL-2.0-only
// AQ-25: a VMA read lock is not upgraded: the writer would wait for itself.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::order::LockContext;

fn f(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let _vma = vma.vma_start_write(addr)?; //~ E0599
    Ok(())
}
