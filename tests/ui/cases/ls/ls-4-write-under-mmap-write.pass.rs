// SPDX-License-Identifier: GPL-2.0-only
// LS-4: the mmap write lock by itself does not allow a write to a VMA.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn no_dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_write_lock();
    let mut vma = mm.vma_start_write(addr)?;
    vma.set_flags(flags::DONTDUMP)
}
