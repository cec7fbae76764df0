// SPDX-License-Identifier: GPL-2.0-only
// LO-5: nothing is taken under a spinlock, and no second one.
//@lock: OrderedSpinLockGuard

use mmguard::order::{level::{ILock, LruLock}, spinlock::OrderedSpinLock, NothingHeld};

type Locks = (OrderedSpinLock<ILock, usize>, OrderedSpinLock<LruLock, usize>);

fn sum(nothing: &mut NothingHeld, (outer, inner): &Locks) -> usize {
    let mut outer = outer.lock(nothing);
    *inner.lock(&mut outer) //~ E0277
}
