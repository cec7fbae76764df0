// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: while a pair of VMAs is read-locked, the mmap lock is not waited for.
//@lock: lock_vma_pair

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, a: usize, b: usize) -> Result<usize> {
    let pair = ctx.lock_vma_pair(a, b)?;
    let count = ctx.mmap_read_lock().vmas(0).count(); //~ E0499
    Ok(pair.first().start() + count)
}
