// SPDX-License-Identifier: GPL-2.0-only
// AQ-8: the VMA write lock needs the mmap write lock.
//@lock: MmGuard<'_, Read>

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_read_lock();
    let mut vma = mm.vma_start_write(addr)?; //~ E0599
    vma.set_flags(flags::DONTDUMP)
}
