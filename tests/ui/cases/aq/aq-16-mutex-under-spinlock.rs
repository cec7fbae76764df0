// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps under a spinlock: it is no scope to take a mutex in.
//@lock: OrderedSpinLockGuard

use mmguard::order::level::{ILock, LruLock};
use mmguard::order::{mutex::OrderedMutex, spinlock::OrderedSpinLock, NothingHeld};

type Locks = (OrderedSpinLock<ILock, usize>, OrderedMutex<LruLock, usize>);

fn add(nothing: &mut NothingHeld, (spinlock, mutex): &Locks) {
    let mut spinlock = spinlock.lock(nothing);
    *mutex.lock(&mut spinlock) += 1; //~ E0277
}
