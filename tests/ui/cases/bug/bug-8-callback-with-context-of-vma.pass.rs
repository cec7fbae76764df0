// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: a callback that takes the mmap lock is given a context under a VMA read lock.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::{LockContext, LockScope, NothingHeld};

fn visit(nothing: &mut NothingHeld, mm: &MmWithUser, on_vma: fn(&mut LockContext<'_>)) -> Result {
    let mut ctx = nothing.context(mm);
    drop(ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?);
    on_vma(&mut ctx);
    Ok(())
}
