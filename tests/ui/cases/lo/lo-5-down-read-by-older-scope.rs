// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a semaphore is not taken in a scope that is older than a lock after it.
//@lock: down_read

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore, NothingHeld};

type Pages = OrderedRwSemaphore<PrivateLock, usize>;

fn sum(nothing: &mut NothingHeld, a: &Pages, b: &Pages) -> usize {
    let down_read = a.down_read(nothing);
    *down_read + *b.down_read(nothing) //~ E0499
}
