// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under a VMA lock.
//@lock: MmapLock

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::{LockContext, LockScope};

fn lock(ctx: &mut LockContext<'_>, other: &MmWithUser) -> Result {
    let mut vma = ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?;
    let mut ctx = vma.context(other);
    let _mm = ctx.mmap_read_lock(); //~ E0277
    Ok(())
}
