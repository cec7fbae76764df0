// SPDX-License-Identifier: GPL-2.0-only
// BUG-16: a driver's mutex is taken in a fault, and held over a user copy elsewhere.
//@check-pass

use kernel::prelude::*;
use mmguard::order::level::{Below, LockLevel, VmaLock};
use mmguard::order::{mutex::OrderedMutex, uaccess::OrderedUserSliceReader, NothingHeld};
use mmguard::vma::stable::StableGuard;

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<VmaLock>;
}

type Pages = OrderedMutex<PagesLock, u64>;

fn fault(vma: &mut StableGuard<'_>, pages: &Pages) {
    *pages.lock(vma) += 1;
}

fn ioctl(nothing: &mut NothingHeld, pages: &Pages, user: &mut OrderedUserSliceReader) -> Result<u64> {
    let new = user.read(nothing)?;
    *pages.lock(nothing) = new;
    Ok(new)
}
