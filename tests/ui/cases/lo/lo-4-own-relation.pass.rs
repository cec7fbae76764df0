// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what comes after what is not for a level to say.
//@check-pass

use mmguard::order::level::{Below, LockLevel, MmapLock};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<MmapLock>;
}
