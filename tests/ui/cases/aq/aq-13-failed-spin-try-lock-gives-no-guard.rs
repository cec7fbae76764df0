// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: a failed try yields no guard.
//@lock: OrderedSpinLockGuard

use mmguard::order::{level::PrivateLock, spinlock::OrderedSpinLock, NothingHeld};

type Pages = OrderedSpinLock<PrivateLock, usize>;

fn count(nothing: &mut NothingHeld, pages: &Pages) -> usize {
    *pages.try_lock(nothing) //~ E0614
}
