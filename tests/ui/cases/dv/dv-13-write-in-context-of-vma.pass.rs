// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under the lock of a VMA, in a context for another mm either.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::{uaccess::OrderedUserSliceWriter, LockContext, LockScope};

fn ioctl(ctx: &mut LockContext<'_>, other: &MmWithUser, user: &mut OrderedUserSliceWriter) -> Result {
    drop(ctx.stabilise(0)?);
    let mut context = ctx.context(other);
    user.write(&mut context, &0_u64)
}
