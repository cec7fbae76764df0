// SPDX-License-Identifier: GPL-2.0-only
// LO-5: the mmap locks of two address spaces are taken together by the nested form alone.
//@lock: MmapLock

use kernel::mm::MmWithUser;
use mmguard::order::{LockContext, LockScope};

fn lock(ctx: &mut LockContext<'_>, child: &MmWithUser) {
    let mut parent = ctx.mmap_write_lock();
    let mut child = parent.context(child);
    let _child = child.mmap_write_lock(); //~ E0277
}
