// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under the lock of a VMA.
//@check-pass

use kernel::prelude::*;
use mmguard::order::{uaccess::OrderedUserSliceWriter, LockContext};

fn ioctl(ctx: &mut LockContext<'_>, addr: usize, user: &mut OrderedUserSliceWriter) -> Result {
    let vma = ctx.stabilise(addr)?;
    let start = vma.start().to_ne_bytes();
    drop(vma);
    user.write_slice(ctx, &start)
}
