// SPDX-License-Identifier: GPL-2.0-only
// LO-8: the VMA lock is directly below the mmap lock, and so before all others that are.
//@lock: InvalidateLock

use mmguard::order::level::{After, InvalidateLock, LockLevel, VmaLock};

fn nested<Outer: LockLevel, Inner: After<Outer>>() {}

fn order() {
    nested::<InvalidateLock, VmaLock>(); //~ E0277
}
