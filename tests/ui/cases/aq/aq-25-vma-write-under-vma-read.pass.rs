// SPDX-License-Identifier: GPL-2.0-only
// AQ-25: a VMA read lock is not upgraded: the writer would wait for itself.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn f(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_write_lock();
    let _vma = mm.vma_start_write(addr)?;
    Ok(())
}
