// SPDX-License-Identifier: GPL-2.0-only
// AQ-12: what relies on there being no other downgraded holder is not for a reader.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn pages(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_write_lock().downgrade();
    mm.total_vm()
}

fn pages_killable(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mm = ctx.mmap_write_lock_killable()?;
    Ok(mm.total_vm())
}
