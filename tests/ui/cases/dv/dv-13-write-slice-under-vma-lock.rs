// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under the lock of a VMA.
//@lock: StableGuard

use kernel::prelude::*;
use mmguard::order::{uaccess::OrderedUserSliceWriter, LockContext};

fn ioctl(ctx: &mut LockContext<'_>, addr: usize, user: &mut OrderedUserSliceWriter) -> Result {
    let mut vma = ctx.stabilise(addr)?;
    let start = vma.start().to_ne_bytes();
    user.write_slice(&mut vma, &start) //~ E0277
}
