// SPDX-License-Identifier: GPL-2.0-only
// LO-9: a scope of a level is no scope of a supertype of it, which may have another place.
//@check-pass

#![allow(coherence_leak_check)]

use mmguard::order::level::{Below, FolioLock, LockLevel, Unlocked};
use mmguard::order::InnerScope;

struct Level<T>(T);

impl LockLevel for Level<fn(&())> {
    type Place = Below<FolioLock>;
}

impl LockLevel for Level<fn(&'static ())> {
    type Place = Below<Unlocked>;
}

fn outer<'a>(scope: InnerScope<'a, Level<fn(&())>>) -> InnerScope<'a, Level<fn(&())>> {
    scope
}
