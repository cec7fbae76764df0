// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: the mmap lock is not waited for while a VMA read lock of the mm is held.
//@lock: lock_vma_under_rcu

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let start = vma.start();
    let mut mm = ctx.mmap_write_lock(); //~ E0499
    mm.vma_start_write(start)?.set_flags(flags::DONTDUMP)?;
    drop(vma);
    Ok(())
}
