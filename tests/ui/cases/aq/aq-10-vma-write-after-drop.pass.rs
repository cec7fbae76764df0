// SPDX-License-Identifier: GPL-2.0-only
// AQ-10: a VMA write lock ends with the mmap write lock.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_write_lock();
    let mut vma = mm.vma_start_write_killable(addr)?;
    vma.set_flags(flags::DONTDUMP)?;
    drop(mm);
    Ok(())
}
