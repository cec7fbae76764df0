// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a mmap lock that was tried under a VMA lock is not the innermost lock.
//@check-pass

use mmguard::order::level::{Below, LockLevel, MmapLock};
use mmguard::{mmap::{MmGuard, Read}, order::mutex::OrderedMutex, vma::lock::VmaReadGuard};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn count(_vma: &VmaReadGuard<'_>, mut mm: MmGuard<'_, Read>, pages: &Pages) -> Option<usize> {
    let count = *pages.lock(&mut mm);
    Some(count)
}
