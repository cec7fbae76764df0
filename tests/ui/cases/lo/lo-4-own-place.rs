// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a place in the order is one of those that there are.
//@lock: MmapLock

use mmguard::order::level::{Below, LockLevel, MmapLock, Place}; //~ E0603

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<MmapLock>;
}
