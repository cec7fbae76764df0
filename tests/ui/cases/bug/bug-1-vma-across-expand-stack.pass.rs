// SPDX-License-Identifier: GPL-2.0-only
// BUG-1: CVE-2023-3269, StackRot: a VMA kept while the stack grows and its node is replaced.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, order::LockContext};

fn grow(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mmap_read = ctx.mmap_read_lock();
    let vma = mmap_read.vmas(addr).next().ok_or(EFAULT)?;
    let start = vma.start();
    let _downgraded = expand_stack(mmap_read, addr)?;
    Ok(start)
}
