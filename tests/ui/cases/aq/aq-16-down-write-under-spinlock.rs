// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps under a spinlock: it is no scope to take a semaphore in.
//@lock: OrderedSpinLockGuard

use mmguard::order::level::{ILock, LruLock};
use mmguard::order::{rw_semaphore::OrderedRwSemaphore, spinlock::OrderedSpinLock, NothingHeld};

type Locks = (OrderedSpinLock<ILock, usize>, OrderedRwSemaphore<LruLock, usize>);

fn sum(nothing: &mut NothingHeld, (spinlock, sem): &Locks) -> usize {
    let mut spinlock = spinlock.lock(nothing);
    *sem.down_write(&mut spinlock) //~ E0277
}
