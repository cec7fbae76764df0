// SPDX-License-Identifier: GPL-2.0-only
// LO-9: a semaphore of a level is no semaphore of a supertype of it, which may have another place.
//@lock: OrderedRwSemaphore

#![allow(coherence_leak_check)]

use mmguard::order::level::{Below, FolioLock, LockLevel, Unlocked};
use mmguard::order::rw_semaphore::OrderedRwSemaphore;

struct Level<T>(T);

impl LockLevel for Level<fn(&())> {
    type Place = Below<FolioLock>;
}

impl LockLevel for Level<fn(&'static ())> {
    type Place = Below<Unlocked>;
}

type Lock<T> = OrderedRwSemaphore<Level<T>, u32>;

fn outer(lock: &Lock<fn(&())>) -> &Lock<fn(&'static ())> {
    lock //~ E0308
}
