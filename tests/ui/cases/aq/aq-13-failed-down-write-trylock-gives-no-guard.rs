// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: a failed try yields no guard.
//@lock: OrderedWriteGuard

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore, NothingHeld};

type Pages = OrderedRwSemaphore<PrivateLock, usize>;

fn count(nothing: &mut NothingHeld, pages: &Pages) -> usize {
    *pages.down_write_trylock(nothing) //~ E0614
}
