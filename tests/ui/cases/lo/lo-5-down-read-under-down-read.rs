// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a semaphore is not taken for reading twice: a writer may wait in between.
//@lock: OrderedRwSemaphore

use mmguard::order::level::{Below, LockLevel, MmapLock};
use mmguard::order::{rw_semaphore::OrderedRwSemaphore, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedRwSemaphore<PagesLock, usize>;

fn lock(nothing: &mut NothingHeld, pages: &Pages) {
    let mut first = pages.down_read(nothing);
    let _second = pages.down_read(&mut first); //~ E0277
}
