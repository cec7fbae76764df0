// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a lock of a user's own below the mmap lock is not taken under `i_mmap_rwsem`.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{order::level::{Below, LockLevel, MmapLock}, rmap::i_mmap::i_mmap_lock_read};
use mmguard::{mmap::{MmGuard, Read}, order::mutex::OrderedMutex};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn lock(mm: &mut MmGuard<'_, Read>, file: &LocalFile, pages: &Pages) {
    let mut pages = pages.lock(mm);
    let _i_mmap = i_mmap_lock_read(&mut pages, file);
}
