// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what a semaphore protects is not written after a downgrade.
//@lock: OrderedReadGuard

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedWriteGuard};

fn add(pages: OrderedWriteGuard<'_, PrivateLock, usize>) {
    *pages.downgrade() += 1; //~ E0594
}
