// SPDX-License-Identifier: GPL-2.0-only
// BUG-16: a driver's lock is held over a user copy, and taken in a fault elsewhere.
//@lock: VmaLock

use kernel::prelude::*;
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{rw_semaphore::OrderedRwSemaphore, uaccess::OrderedUserSliceWriter, NothingHeld};
use mmguard::vma::stable::StableGuard;

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

type Pages = OrderedRwSemaphore<PagesLock, u64>;

fn ioctl(nothing: &mut NothingHeld, pages: &Pages, user: &mut OrderedUserSliceWriter) -> Result {
    user.write(&mut pages.down_read(nothing), &1_u64)
}

fn fault(vma: &mut StableGuard<'_>, pages: &Pages) -> u64 {
    *pages.down_read(vma) //~ E0277
}
