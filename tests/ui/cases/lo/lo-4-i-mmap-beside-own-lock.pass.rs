// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what is taken while a lock is held is taken under it.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{order::level::{Below, LockLevel, MmapLock}, rmap::i_mmap::i_mmap_lock_read};
use mmguard::order::{mutex::OrderedMutex, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn lock(nothing: &mut NothingHeld, pages: &Pages, file: &LocalFile) -> usize {
    let mut pages = pages.lock(nothing);
    let _i_mmap = i_mmap_lock_read(&mut pages, file);
    0
}
