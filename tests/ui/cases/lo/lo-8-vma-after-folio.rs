// SPDX-License-Identifier: GPL-2.0-only
// LO-8: the VMA lock is directly below the mmap lock, and so before a folio's.
//@lock: FolioLock

use mmguard::order::level::{After, FolioLock, LockLevel, VmaLock};

fn nested<Outer: LockLevel, Inner: After<Outer>>() {}

fn order() {
    nested::<FolioLock, VmaLock>(); //~ E0277
}
