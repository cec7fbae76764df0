// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken twice, when the nested form took it either.
//@lock: mmap_write_lock_nested

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, child: &MmWithUser) -> Result<usize> {
    let pair = ctx.mmap_write_lock_nested(child)?;
    let again = ctx.mmap_read_lock(); //~ E0499
    Ok(pair.inner().vmas(0).count() + again.vmas(0).count())
}
