// SPDX-License-Identifier: GPL-2.0-only
// LO-9: a context of a level is no context of a supertype of it, which may have another place.
//@lock: LockContext

#![allow(coherence_leak_check)]

use mmguard::order::level::{Below, FolioLock, LockLevel, Unlocked};
use mmguard::order::LockContext;

struct Level<T>(T);

impl LockLevel for Level<fn(&())> {
    type Place = Below<FolioLock>;
}

impl LockLevel for Level<fn(&'static ())> {
    type Place = Below<Unlocked>;
}

fn outer<'a>(ctx: LockContext<'a, Level<fn(&())>>) -> LockContext<'a, Level<fn(&'static ())>> {
    ctx //~ E0308
}
