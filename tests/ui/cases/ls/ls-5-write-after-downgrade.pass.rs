// SPDX-License-Identifier: GPL-2.0-only
// LS-5: the write-most fields need the mmap write lock and the VMA write lock.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_write_lock();
    let mut vma = mm.vma_start_write(addr)?;
    vma.set_flags(flags::DONTDUMP)
}
