// SPDX-License-Identifier: GPL-2.0-only
// DV-12: a lock that is held over user copies is not taken under the lock of a VMA, as in a fault.
//@lock: VmaLock

use kernel::prelude::*;
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{mutex::OrderedMutex, uaccess::OrderedUserSliceReader, NothingHeld};
use mmguard::vma::stable::StableGuard;

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn ioctl(pages: &Pages, user: &mut OrderedUserSliceReader) -> Result<usize> {
    user.read(&mut pages.lock(&mut NothingHeld::new()))
}

fn fault(vma: &mut StableGuard<'_>, pages: &Pages) -> usize {
    *pages.lock(vma) //~ E0277
}
