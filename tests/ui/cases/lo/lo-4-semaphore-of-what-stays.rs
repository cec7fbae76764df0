// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a semaphore goes to other tasks only with data that may.
//@lock: OrderedRwSemaphore

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore};

struct Data(*mut u8);

// SAFETY: Other tasks may look at the pointer.
unsafe impl Sync for Data {}

type Semaphore = OrderedRwSemaphore<PrivateLock, Data>;

fn lent(semaphore: &Semaphore) -> impl Send + '_ { //~ E0277
    semaphore
}

fn moved(semaphore: Semaphore) -> impl Send { //~ E0277
    semaphore
}
