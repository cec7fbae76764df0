// SPDX-License-Identifier: GPL-2.0-only
// LS-4: under the mmap read lock a VMA is readable, and not writable.
//@lock: VMA write lock

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mm = ctx.mmap_read_lock();
    let mut vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
    vma.set_flags(flags::DONTDUMP) //~ E0277
}
