// SPDX-License-Identifier: GPL-2.0-only
// LO-9: a guard of a level is no guard of a supertype of it, which may have another place.
//@lock: OrderedMutexGuard

#![allow(coherence_leak_check)]

use mmguard::order::level::{Below, FolioLock, LockLevel, Unlocked};
use mmguard::order::mutex::OrderedMutexGuard;

struct Level<T>(T);

impl LockLevel for Level<fn(&())> {
    type Place = Below<FolioLock>;
}

impl LockLevel for Level<fn(&'static ())> {
    type Place = Below<Unlocked>;
}

type Guard<'a, T> = OrderedMutexGuard<'a, Level<T>, u32>;

fn outer<'a>(guard: Guard<'a, fn(&())>) -> Guard<'a, fn(&'static ())> {
    guard //~ E0308
}
