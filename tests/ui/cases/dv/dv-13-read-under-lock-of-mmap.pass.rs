// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under a lock that `mmap` takes.
//@check-pass

use kernel::prelude::*;
use mmguard::order::level::{Below, LockLevel, MmapLock};
use mmguard::order::{mutex::OrderedMutex, uaccess::OrderedUserSliceReader, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn ioctl(nothing: &mut NothingHeld, pages: &Pages, user: &mut OrderedUserSliceReader) -> Result {
    let new = user.read(nothing)?;
    *pages.lock(nothing) = new;
    Ok(())
}
