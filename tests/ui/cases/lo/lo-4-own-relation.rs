// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what comes after what is not for a level to say.
//@lock: VmaLock

use mmguard::order::level::{After, Below, LockLevel, MmapLock, VmaLock};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<MmapLock>;
}

impl After<VmaLock> for OwnLock {} //~ E0119
