// SPDX-License-Identifier: GPL-2.0-only
// LO-9: a mutex of a level is no mutex of a supertype of it, which may have another place.
//@lock: OrderedMutex

#![allow(coherence_leak_check)]

use mmguard::order::level::{Below, FolioLock, LockLevel, Unlocked};
use mmguard::order::mutex::OrderedMutex;

struct Level<T>(T);

impl LockLevel for Level<fn(&())> {
    type Place = Below<FolioLock>;
}

impl LockLevel for Level<fn(&'static ())> {
    type Place = Below<Unlocked>;
}

fn outer(lock: &OrderedMutex<Level<fn(&())>, u32>) -> &OrderedMutex<Level<fn(&'static ())>, u32> {
    lock //~ E0308
}
