// SPDX-License-Identifier: GPL-2.0-only
// LO-1: the order of locks is that of the table, which has the mmap lock first.
//@lock: MmapLock

use mmguard::order::level::{After, IMmapRwsem, LockLevel, MmapLock};

fn nested<Outer: LockLevel, Inner: After<Outer>>() {}

fn order() {
    nested::<IMmapRwsem, MmapLock>(); //~ E0277
}
