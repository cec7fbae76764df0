// SPDX-License-Identifier: GPL-2.0-only
// DV-13: nobody says of a lock of his own that a copy is right under it.
//@check-pass

use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{rw_semaphore::OrderedReadGuard, uaccess::MayFault};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

fn ask(guard: OrderedReadGuard<'_, PagesLock, ()>) -> impl MayFault + use<'_> { guard }
