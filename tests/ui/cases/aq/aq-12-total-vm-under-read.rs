// SPDX-License-Identifier: GPL-2.0-only
// AQ-12: what relies on there being no other downgraded holder is not for a reader.
//@lock: mmap lock

use kernel::prelude::*;
use mmguard::{order::LockContext, vma::lock::VmaReadGuard};

fn pages(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_read_lock();
    mm.total_vm() //~ E0277
}

fn pages_beside(vma: &mut VmaReadGuard<'_>) -> Result<usize> {
    let mm = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    Ok(mm.total_vm()) //~ E0277
}
