// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken twice, when the killable form for writing took it either.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mm = ctx.mmap_write_lock_killable()?;
    let again = &mm;
    Ok(mm.vmas(0).count() + again.vmas(0).count())
}
