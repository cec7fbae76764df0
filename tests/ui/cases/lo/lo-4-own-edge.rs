// SPDX-License-Identifier: GPL-2.0-only
// LO-4: the table gets no edge that leads back.
//@lock: MmapLock

use mmguard::order::level::{Below, LockLevel, MmapLock, Under}; //~ E0603

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<MmapLock>;
}
