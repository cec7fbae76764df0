// SPDX-License-Identifier: GPL-2.0-only
// LO-2: any file may be hugetlb's, whose i_mmap lock comes before its folio locks.
//@lock: HugetlbIMmapRwsem

use kernel::fs::LocalFile;
use mmguard::{order::level::{Below, HugetlbFolioLock, LockLevel}, rmap::i_mmap::i_mmap_lock_read};
use mmguard::order::{mutex::OrderedMutex, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<HugetlbFolioLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn mapped(nothing: &mut NothingHeld, file: &LocalFile, pages: &Pages) -> bool {
    let mut pages = pages.lock(nothing);
    let i_mmap = i_mmap_lock_read(&mut pages, file); //~ E0277
    i_mmap.is_mapped()
}
