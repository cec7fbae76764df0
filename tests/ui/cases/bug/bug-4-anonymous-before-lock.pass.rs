// SPDX-License-Identifier: GPL-2.0-only
// BUG-4: "is it anonymous?" is decided before the VMA lock is held.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn is_anonymous(ctx: &mut LockContext<'_>, addr: usize) -> Result<bool> {
    Ok(ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?.is_anonymous())
}
