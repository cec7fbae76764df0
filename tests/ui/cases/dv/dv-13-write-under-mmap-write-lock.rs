// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under the mmap lock.
//@lock: MmGuard

use kernel::prelude::*;
use mmguard::order::{uaccess::OrderedUserSliceWriter, LockContext};

fn ioctl(ctx: &mut LockContext<'_>, user: &mut OrderedUserSliceWriter) -> Result {
    let mut mm = ctx.mmap_write_lock();
    user.write(&mut mm, &0_u64) //~ E0277
}
