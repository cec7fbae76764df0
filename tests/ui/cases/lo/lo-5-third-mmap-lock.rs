// SPDX-License-Identifier: GPL-2.0-only
// LO-5: no third mmap lock is taken under two, as it may be one of them.
//@lock: mmap_write_lock_nested

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::LockContext;

fn f(ctx: &mut LockContext<'_>, child: &MmWithUser, third: &MmWithUser) -> Result {
    let mut pair = ctx.mmap_write_lock_nested(child)?;
    drop(pair.inner_mut().mmap_write_lock_nested(third)?); //~ E0599
    Ok(())
}
