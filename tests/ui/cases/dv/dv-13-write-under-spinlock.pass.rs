// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under a spinlock, wherever that is.
//@check-pass

use kernel::prelude::*;
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{spinlock::OrderedSpinLock, uaccess::OrderedUserSliceWriter, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

type Pages = OrderedSpinLock<PagesLock, u64>;

fn ioctl(nothing: &mut NothingHeld, pages: &Pages, user: &mut OrderedUserSliceWriter) -> Result {
    let guard = pages.lock(nothing);
    let old = *guard;
    drop(guard);
    user.write(nothing, &old)
}
