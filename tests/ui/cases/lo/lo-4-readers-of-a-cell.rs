// SPDX-License-Identifier: GPL-2.0-only
// LO-4: readers of a semaphore have its data at the same time: it must be one that tasks can share.
//@lock: OrderedRwSemaphore

use core::cell::Cell;
use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore};

fn with_other_task(_: &impl Sync) {}

fn share(pages: &OrderedRwSemaphore<PrivateLock, Cell<usize>>) {
    with_other_task(pages); //~ E0277
}
