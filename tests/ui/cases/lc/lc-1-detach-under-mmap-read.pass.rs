// SPDX-License-Identifier: GPL-2.0-only
// LC-1: a VMA is detached under the mmap write lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::munmap, order::LockContext};

fn detach(ctx: &mut LockContext<'_>) -> Result {
    munmap(&mut ctx.mmap_write_lock(), 0x1000..0x2000)
}
