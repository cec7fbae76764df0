// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a semaphore goes to other tasks only with data that may.
//@check-pass

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore};

struct Data(u8);

type Semaphore = OrderedRwSemaphore<PrivateLock, Data>;

fn lent(semaphore: &Semaphore) -> impl Send + '_ {
    semaphore
}

fn moved(semaphore: Semaphore) -> impl Send {
    semaphore
}
