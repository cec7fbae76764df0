// SPDX-License-Identifier: GPL-2.0-only
// LO-5: no third mmap lock is taken under two, as it may be one of them.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::LockContext;

fn f(ctx: &mut LockContext<'_>, child: &MmWithUser, third: &MmWithUser) -> Result {
    let mut pair = ctx.mmap_write_lock_nested(child)?;
    let _ = pair.inner_mut();
    drop(pair);
    drop(ctx.mmap_write_lock_nested(third)?);
    Ok(())
}
