// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under a lock that a fault takes.
//@lock: PagesLock

use kernel::prelude::*;
use mmguard::order::level::{Below, LockLevel, VmaLock};
use mmguard::order::{mutex::OrderedMutex, uaccess::OrderedUserSliceReader, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<VmaLock>;
}

type Pages = OrderedMutex<PagesLock, [u8; 8]>;

fn ioctl(nothing: &mut NothingHeld, pages: &Pages, user: &mut OrderedUserSliceReader) -> Result {
    let mut guard = pages.lock(nothing);
    let (pages, mut scope) = guard.split_mut();
    user.read_slice(&mut scope, pages) //~ E0277
}
