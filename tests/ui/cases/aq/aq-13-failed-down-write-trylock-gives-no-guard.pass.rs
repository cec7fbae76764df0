// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: a failed try yields no guard.
//@check-pass

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore, NothingHeld};

type Pages = OrderedRwSemaphore<PrivateLock, usize>;

fn count(nothing: &mut NothingHeld, pages: &Pages) -> usize {
    pages.down_write_trylock(nothing).map_or(0, |pages| *pages)
}
