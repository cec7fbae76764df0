// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: a killable form that was interrupted yields no guard.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mm = ctx.mmap_write_lock_killable()?;
    Ok(mm.vmas(0).count())
}
