// SPDX-License-Identifier: GPL-2.0-only
// AQ-5: only a mmap lock that is shared is handed over for a VMA read lock.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mm = ctx.mmap_write_lock().downgrade();
    let vma = mm.into_vma_read(addr).map_err(|_| EFAULT)?;
    Ok(vma.start())
}
