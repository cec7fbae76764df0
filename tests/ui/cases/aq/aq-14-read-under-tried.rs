// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken twice, when the try form took it either.
//@lock: mmap_read_trylock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> Result<usize> {
    let mm = ctx.mmap_read_trylock().map_err(|_| EAGAIN)?;
    let again = ctx.mmap_read_lock(); //~ E0499
    Ok(mm.vmas(0).count() + again.vmas(0).count())
}
