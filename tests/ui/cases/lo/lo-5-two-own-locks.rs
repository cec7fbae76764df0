// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level, a user's own, are not taken together.
//@lock: OrderedMutex

use mmguard::order::level::{Below, LockLevel, MmapLock};
use mmguard::order::{mutex::OrderedMutex, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn lock(nothing: &mut NothingHeld, a: &Pages, b: &Pages) {
    let mut a = a.lock(nothing);
    let _b = b.lock(&mut a); //~ E0277
}
