// SPDX-License-Identifier: GPL-2.0-only
// LS-2: under the VMA read lock, or else the mmap read lock, a VMA is not writable.
//@lock: VMA write lock

use kernel::{mm::virt::flags, prelude::*};
use mmguard::order::LockContext;

fn dump(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    let mut vma = ctx.stabilise(addr)?;
    vma.clear_flags(flags::DONTDUMP) //~ E0277
}
