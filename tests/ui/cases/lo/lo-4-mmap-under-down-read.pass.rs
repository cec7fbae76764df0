// SPDX-License-Identifier: GPL-2.0-only
// LO-4: the mmap lock is not taken under a user's own semaphore that is below it.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{rw_semaphore::OrderedRwSemaphore, LockScope, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

type Pages = OrderedRwSemaphore<PagesLock, usize>;

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, pages: &Pages) {
    let mut pages = pages.down_read(nothing);
    let mut ctx = pages.context(mm);
    let _mm = ctx.mmap_read_lock();
}
