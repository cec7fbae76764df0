// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: the mmap lock is not waited for while a VMA read lock of the mm is held.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, order::LockContext};

fn grow(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mm = ctx.mmap_read_trylock().map_err(|_| EAGAIN)?;
    let mm = expand_stack(mm, addr)?;
    Ok(mm.vmas(addr).count())
}
