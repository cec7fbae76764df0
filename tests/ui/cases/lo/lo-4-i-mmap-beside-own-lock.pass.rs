// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what is taken while a lock is held is taken under it.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::order::{Below, LockLevel, MmapLock};
use mmguard::{LockScope, NothingHeld, OrderedMutex};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn lock(nothing: &mut NothingHeld, pages: &Pages, file: &LocalFile) -> usize {
    let mut pages = nothing.lock(pages);
    let (pages, mut inner) = pages.split();
    let _i_mmap = inner.i_mmap_lock_read(file);
    *pages
}
