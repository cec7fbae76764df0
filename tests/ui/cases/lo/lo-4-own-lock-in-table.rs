// SPDX-License-Identifier: GPL-2.0-only
// LO-4: no lock of one's own is put into the table.
//@lock: MmapLock

use mmguard::order::level::{Below, InTable, LockLevel, MmapLock}; //~ E0603

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<MmapLock>;
}
