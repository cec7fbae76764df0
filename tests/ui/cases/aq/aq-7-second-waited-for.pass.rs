// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: while the first VMA is read-locked, the second is not waited for.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn gap(ctx: &mut LockContext<'_>, a: usize, b: usize) -> Result<usize> {
    let pair = ctx.lock_vma_pair(a, b)?;
    let (first, second) = (pair.first(), pair.second());
    Ok(second.start() - first.end())
}
