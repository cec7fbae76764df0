// SPDX-License-Identifier: GPL-2.0-only
// RC-2: whether a VMA maps a file is asked after it is locked.
//@lock: rcu_read_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn has_file(ctx: &mut LockContext<'_>, addr: usize) -> Result<bool> {
    Ok(ctx.rcu_read_lock().vma_lookup(addr).ok_or(EFAULT)?.has_file()) //~ E0599
}
