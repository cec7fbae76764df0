// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under a VMA lock.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::{LockContext, LockScope};

fn lock(ctx: &mut LockContext<'_>, other: &MmWithUser) -> Result {
    let mut mm = ctx.mmap_read_lock();
    let mut ctx = mm.context(other);
    let _vma = ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?;
    Ok(())
}
