// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed under a lock that a fault takes, even shared.
//@check-pass

use kernel::prelude::*;
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{rw_semaphore::OrderedRwSemaphore, uaccess::OrderedUserSliceReader, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

type Pages = OrderedRwSemaphore<PagesLock, KVec<u8>>;

fn ioctl(nothing: &mut NothingHeld, pages: &Pages, user: OrderedUserSliceReader) -> Result<bool> {
    let mut pages = pages.down_read(nothing);
    let mut new = KVec::new();
    user.read_all(&mut pages, &mut new, GFP_KERNEL)?;
    Ok(new[..] == pages[..])
}
