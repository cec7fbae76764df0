// SPDX-License-Identifier: GPL-2.0-only
// BUG-4: "is it anonymous?" is decided before the VMA lock is held.
//@lock: rcu_read_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn is_anonymous(ctx: &mut LockContext<'_>, addr: usize) -> Result<bool> {
    Ok(ctx.rcu_read_lock().vma_lookup(addr).ok_or(EFAULT)?.is_anonymous()) //~ E0599
}
