// SPDX-License-Identifier: GPL-2.0-only
// LO-4: no lock of one's own is put into the table.
//@check-pass

use mmguard::order::level::{Below, LockLevel, MmapLock};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<MmapLock>;
}
