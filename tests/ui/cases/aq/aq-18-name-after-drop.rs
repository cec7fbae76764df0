// SPDX-License-Identifier: GPL-2.0-only
// AQ-18: nothing touches a VMA after its read lock is dropped.
//@lock: lock_vma_under_rcu

use kernel::prelude::*;
use mmguard::order::LockContext;

fn name_len(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let name = vma.special_name().ok_or(EINVAL)?;
    drop(vma); //~ E0505
    Ok(name.to_bytes().len())
}
