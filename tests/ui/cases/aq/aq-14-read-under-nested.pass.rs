// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken twice, when the nested form took another one either.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, child: &MmWithUser) -> Result<usize> {
    let mut outer = ctx.mmap_write_lock();
    let (outer, inner) = outer.mmap_write_lock_nested(child)?;
    let again = outer;
    Ok(outer.vmas(0).count() + inner.vmas(0).count() + again.vmas(0).count())
}
