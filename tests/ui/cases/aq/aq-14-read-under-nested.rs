// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken twice, when the nested form took it either.
//@lock: mmap_write_lock_nested

use kernel::prelude::*;
use mmguard::{mmap::{MmGuard, Write}, order::LockContext};

fn count(ctx: &mut LockContext<'_>, outer: &MmGuard<'_, Write>) -> Result<usize> {
    let mm = ctx.mmap_write_lock_nested(outer)?;
    let again = ctx.mmap_read_lock(); //~ E0499
    Ok(mm.vmas(0).count() + again.vmas(0).count())
}
