// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level, a user's own, are not taken together.
//@check-pass

use mmguard::order::{Below, LockLevel, MmapLock};
use mmguard::{LockScope, NothingHeld, OrderedMutex};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

type Pages = OrderedMutex<PagesLock, usize>;

fn lock(nothing: &mut NothingHeld, a: &Pages, b: &Pages) {
    drop(nothing.lock(a));
    let _b = nothing.lock(b);
}
