// SPDX-License-Identifier: GPL-2.0-only
// LO-5: the mmap locks of two address spaces are taken together by the nested form alone.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::order::{LockContext, LockScope};

fn lock(ctx: &mut LockContext<'_>, child: &MmWithUser) {
    drop(ctx.mmap_write_lock());
    let mut child = ctx.context(child);
    let _child = child.mmap_write_lock();
}
