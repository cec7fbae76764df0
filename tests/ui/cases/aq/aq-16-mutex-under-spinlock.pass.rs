// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps under a spinlock: it is no scope to take a mutex in.
//@check-pass

use mmguard::order::level::{ILock, LruLock};
use mmguard::order::{mutex::OrderedMutex, spinlock::OrderedSpinLock, NothingHeld};

type Locks = (OrderedSpinLock<ILock, usize>, OrderedMutex<LruLock, usize>);

fn add(nothing: &mut NothingHeld, (spinlock, mutex): &Locks) {
    drop(spinlock.lock(nothing));
    *mutex.lock(nothing) += 1;
}
