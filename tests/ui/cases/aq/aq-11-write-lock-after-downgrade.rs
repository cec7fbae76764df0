// SPDX-License-Identifier: GPL-2.0-only
// AQ-11: a downgrade consumes the mmap write lock.
//@lock: mmap_write_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn both(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_write_lock();
    let _shared = mm.downgrade();
    let _vma = mm.vma_start_write(addr)?; //~ E0382
    Ok(())
}
