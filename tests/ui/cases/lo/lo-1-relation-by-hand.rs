// SPDX-License-Identifier: GPL-2.0-only
// LO-1: what may be taken under what is said by the table, and not beside it.
//@lock: IMmapRwsem

use mmguard::order::level::{After, Below, IMmapRwsem, LockLevel, MmapLock};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

impl After<IMmapRwsem> for PagesLock {} //~ E0119
