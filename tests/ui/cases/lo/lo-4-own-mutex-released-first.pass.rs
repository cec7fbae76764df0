// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a lock of one's own is kept for as long as what is taken under it.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::order::{level::{Below, IRwsem, LockLevel}, mutex::OrderedMutexGuard, LockScope};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

fn end(mut pages: OrderedMutexGuard<'_, PagesLock, ()>, mm: &MmWithUser, addr: usize) -> Result<usize> {
    let mut ctx = pages.context(mm);
    let vma = ctx.stabilise(addr)?;
    let end = vma.end();
    drop(vma);
    drop(pages);
    Ok(end)
}
