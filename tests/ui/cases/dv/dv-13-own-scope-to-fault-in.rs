// SPDX-License-Identifier: GPL-2.0-only
// DV-13: nobody says of a lock of his own that a copy is right under it.
//@lock: OrderedReadGuard

use mmguard::order::level::{Below, LockLevel, VmaLock};
use mmguard::order::{rw_semaphore::OrderedReadGuard, uaccess::MayFault};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<VmaLock>;
}

impl<T> MayFault for OrderedReadGuard<'_, PagesLock, T> {} //~ E0117
