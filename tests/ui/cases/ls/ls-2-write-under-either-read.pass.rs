// SPDX-License-Identifier: GPL-2.0-only
// LS-2: under the VMA read lock, or else the mmap read lock, a VMA is not writable.
//@check-pass

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut mm = ctx.mmap_write_lock();
    let mut vma = mm.vma_start_write(addr)?;
    vma.clear_flags(flags::DONTDUMP)
}
