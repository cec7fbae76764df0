// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under the lock of a VMA.
//@check-pass

use kernel::prelude::*;
use mmguard::order::{uaccess::OrderedUserSliceWriter, LockContext};

fn ioctl(ctx: &mut LockContext<'_>, addr: usize, user: &mut OrderedUserSliceWriter) -> Result {
    let vma = ctx.lock_vma_under_rcu(addr).or(Err(EAGAIN))?;
    let start = vma.start();
    drop(vma);
    user.write(ctx, &start)
}
