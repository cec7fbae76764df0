// SPDX-License-Identifier: GPL-2.0-only
// AQ-26: a walk that was killed while it waited is not at its end.
//@lock: StableGuard

use kernel::prelude::*;
use mmguard::order::LockContext;

fn sum(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mut sum = 0;
    let mut walk = ctx.walk_vmas(0);
    while let Some(vma) = walk.next_vma() { //~ E0308
        sum += vma.end() - vma.start();
    }
    Ok(sum)
}
