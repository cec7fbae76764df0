// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a mmap lock that was tried under a VMA lock is not the innermost lock.
//@lock: VmaLock

use mmguard::order::level::{Below, LockLevel, MmapLock};
use mmguard::{mmap::{MmGuard, Read}, order::mutex::OrderedMutex, vma::lock::VmaReadGuard};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn count(vma: &VmaReadGuard<'_>, _mm: MmGuard<'_, Read>, pages: &Pages) -> Option<usize> {
    let mut mm = vma.mmap_read_trylock()?;
    let count = *pages.lock(&mut mm); //~ E0277
    Some(count)
}
