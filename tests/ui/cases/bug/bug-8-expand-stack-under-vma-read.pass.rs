// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: the mmap write lock waited for under a VMA read lock, from a mmap lock that was tried there.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, order::LockContext};

fn grow(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mmap_read = ctx.mmap_read_lock();
    drop(expand_stack(mmap_read, addr)?);
    Ok(())
}
