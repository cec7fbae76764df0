// SPDX-License-Identifier: GPL-2.0-only
// LO-4: the mmap lock is not taken under a user's own lock that is below it.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::order::level::{Below, LockLevel, MmapLock};
use mmguard::order::{mutex::OrderedMutex, LockScope, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, pages: &Pages) {
    let mut ctx = nothing.context(mm);
    let mut mm = ctx.mmap_read_lock();
    let _pages = pages.lock(&mut mm);
}
