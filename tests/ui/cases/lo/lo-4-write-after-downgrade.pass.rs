// SPDX-License-Identifier: GPL-2.0-only
// LO-4: what a semaphore protects is not written after a downgrade.
//@check-pass

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedWriteGuard};

fn add(mut pages: OrderedWriteGuard<'_, PrivateLock, usize>) {
    *pages += 1;
}
