// SPDX-License-Identifier: GPL-2.0-only
// BUG-8: the mmap write lock waited for under a VMA read lock, from a mmap lock that was tried there.
//@in-tree
//@lock: mmap lock

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, order::LockContext};

fn grow(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    let mmap_read = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    drop(expand_stack(mmap_read, addr)?); //~ E0277
    Ok(())
}
