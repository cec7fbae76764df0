// SPDX-License-Identifier: GPL-2.0-only
// LS-2: under the VMA read lock a VMA is readable, and not writable.
//@lock: VMA write lock

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut vma = ctx.lock_vma_under_rcu(addr).map_err(|_| EAGAIN)?;
    vma.set_flags(flags::DONTDUMP) //~ E0277
}
