// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under the mmap lock.
//@check-pass

use kernel::prelude::*;
use mmguard::order::{uaccess::OrderedUserSliceWriter, LockContext};

fn ioctl(ctx: &mut LockContext<'_>, user: &mut OrderedUserSliceWriter) -> Result {
    let mm = ctx.mmap_read_lock();
    let count = mm.vmas(0).count();
    drop(mm);
    user.write(ctx, &count)
}
