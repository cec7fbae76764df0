// SPDX-License-Identifier: GPL-2.0-only
// LO-4: the table gets no edge that leads back.
//@check-pass

use mmguard::order::level::{Below, LockLevel, MmapLock};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<MmapLock>;
}
