// SPDX-License-Identifier: GPL-2.0-only
// AQ-25: the mmap lock has no upgrade.
//@lock: MmGuard<'_, Read>

use kernel::prelude::*;
use mmguard::order::LockContext;

fn f(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_read_lock().upgrade(); //~ E0599
    let _vma = mm.vma_start_write(addr)?;
    Ok(())
}
