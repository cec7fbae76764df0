// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what a semaphore protects is written by its writer alone.
//@lock: OrderedReadGuard

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore, NothingHeld};

type Pages = OrderedRwSemaphore<PrivateLock, usize>;

fn add(nothing: &mut NothingHeld, pages: &Pages) {
    *pages.down_read(nothing) += 1; //~ E0594
}
