// SPDX-License-Identifier: GPL-2.0-only
// LO-3: beside a lock that is taken under a guard, the guard is read and no lock is taken by it.
//@lock: vma_start_write

use kernel::prelude::*;
use mmguard::{mmap::{MmGuard, Write}, order::{level::{Below, LockLevel, VmaLock}, mutex::OrderedMutex, LockScope}};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<VmaLock>;
}

fn add(mm: &mut MmGuard<'_, Write>, pages: &OrderedMutex<PagesLock, usize>, addr: usize) -> Result {
    let (mm, mut inner) = mm.split();
    let mut pages = pages.lock(&mut inner);
    let vma = mm.vma_start_write(addr)?; //~ E0596
    *pages += vma.end() - vma.start();
    Ok(())
}
