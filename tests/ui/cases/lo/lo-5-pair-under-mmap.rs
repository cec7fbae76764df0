// SPDX-License-Identifier: GPL-2.0-only
// LO-5: no pair of VMAs is locked under the mmap lock of another address space.
//@lock: MmapLock

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::{LockContext, LockScope};

fn lock(ctx: &mut LockContext<'_>, other: &MmWithUser) -> Result {
    let mut mm = ctx.mmap_read_lock();
    let mut ctx = mm.context(other);
    let _pair = ctx.lock_vma_pair(0, 0)?; //~ E0277
    Ok(())
}
