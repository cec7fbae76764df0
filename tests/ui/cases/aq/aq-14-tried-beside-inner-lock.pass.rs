// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: there is one innermost lock: the mmap lock is not tried beside another one.
//@check-pass

use kernel::prelude::*;
use mmguard::{order::{level::{Below, LockLevel, VmaLock}, mutex::OrderedMutex, LockScope}, vma::lock::VmaReadGuard};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<VmaLock>;
}

fn f(vma: &mut VmaReadGuard<'_>, pages: &OrderedMutex<PagesLock, usize>) -> Result<usize> {
    let (_, mut scope) = vma.split();
    let pages = *pages.lock(&mut scope);
    let mm = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    let count = mm.vmas(0).count();
    drop(mm);
    Ok(pages + count)
}
