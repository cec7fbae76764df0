// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what a lock of one's own protects is had for as long as the lock.
//@check-pass

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedReadGuard};

fn sum(pages: OrderedReadGuard<'_, PrivateLock, [usize; 2]>) -> usize {
    let [first, second] = *pages;
    drop(pages);
    first + second
}
