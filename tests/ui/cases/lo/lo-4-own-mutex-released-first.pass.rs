// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a lock of one's own is kept for as long as what is taken under it.
//@check-pass

use kernel::{mm::MmWithUser, page::PAGE_SIZE, prelude::*};
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::{driver::zap::zap_vma_range, order::{mutex::OrderedMutexGuard, LockScope}};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

fn zap(mut pages: OrderedMutexGuard<'_, PagesLock, ()>, mm: &MmWithUser, addr: usize) -> Result {
    let mut ctx = pages.context(mm);
    let mut vma = ctx.stabilise(addr)?;
    let (held, mut scope) = vma.split();
    unsafe { zap_vma_range(&mut scope, held, addr, PAGE_SIZE) }?;
    drop(vma);
    drop(pages);
    Ok(())
}
