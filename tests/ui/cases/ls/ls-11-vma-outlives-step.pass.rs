// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the guard that stabilises it, in a walk that goes on.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn gap(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mut walk = ctx.walk_vmas(0);
    let first = walk.next_vma()?.ok_or(EINVAL)?.end();
    let next = walk.next_vma()?.ok_or(EINVAL)?;
    Ok(next.start() - first)
}
