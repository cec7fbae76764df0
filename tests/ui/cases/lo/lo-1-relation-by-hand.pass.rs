// SPDX-License-Identifier: GPL-2.0-only
// LO-1: what may be taken under what is said by the table, and not beside it.
//@check-pass

use mmguard::order::level::{After, Below, LockLevel, MmapLock};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<MmapLock>;
}

const fn inner(_: &impl After<MmapLock>) {}
const _: () = inner(&PagesLock);
