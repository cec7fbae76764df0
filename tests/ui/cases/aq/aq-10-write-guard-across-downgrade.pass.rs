// SPDX-License-Identifier: GPL-2.0-only
// AQ-10: a VMA write lock ends with the mmap write lock, which a downgrade takes away.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mmap_write_lock = ctx.mmap_write_lock();
    let mut vma_write_lock = mmap_write_lock.vma_start_write(addr)?;
    vma_write_lock.set_flags(flags::DONTDUMP)?;
    let _mmap_read_lock = mmap_write_lock.downgrade();
    Ok(())
}
