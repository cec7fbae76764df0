// SPDX-License-Identifier: GPL-2.0-only
// LO-9: a spinlock of a level is no spinlock of a supertype of it, which may have another place.
//@check-pass

#![allow(coherence_leak_check)]

use mmguard::order::level::{Below, FolioLock, LockLevel, Unlocked};
use mmguard::order::spinlock::OrderedSpinLock;

struct Level<T>(T);

impl LockLevel for Level<fn(&())> {
    type Place = Below<FolioLock>;
}

impl LockLevel for Level<fn(&'static ())> {
    type Place = Below<Unlocked>;
}

type Lock<T> = OrderedSpinLock<Level<T>, u32>;

fn outer(lock: &Lock<fn(&())>) -> &Lock<fn(&())> {
    lock
}
