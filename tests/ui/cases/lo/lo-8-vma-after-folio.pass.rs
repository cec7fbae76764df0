// SPDX-License-Identifier: GPL-2.0-only
// LO-8: the VMA lock is directly below the mmap lock, and so before a folio's.
//@check-pass

use mmguard::order::level::{After, FolioLock, LockLevel, VmaLock};

fn nested<Outer: LockLevel, Inner: After<Outer>>() {}

fn order() {
    nested::<VmaLock, FolioLock>();
}
