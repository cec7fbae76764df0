// SPDX-License-Identifier: GPL-2.0-only
// AQ-4: taking a VMA read lock under the mmap read lock can still fail.
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mm = ctx.mmap_read_lock();
    let vma = mm.into_vma_read(addr);
    Ok(vma.start()) //~ E0599
}
