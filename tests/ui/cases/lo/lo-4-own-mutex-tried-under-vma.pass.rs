// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a lock of a user's own below the mmap lock is not taken under a VMA lock.
//@check-pass

use mmguard::order::level::{Below, LockLevel, VmaLock};
use mmguard::{order::mutex::OrderedMutex, vma::stable::StableGuard};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<VmaLock>;
}

fn count(vma: &mut StableGuard<'_>, pages: &OrderedMutex<PagesLock, usize>) -> Option<usize> {
    pages.try_lock(vma).map(|pages| *pages)
}
