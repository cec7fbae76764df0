// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@check-pass

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedWriteGuard};

fn to_other_task(_: &dyn Send) {}

fn send(guard: OrderedWriteGuard<'_, PrivateLock, usize>) {
    to_other_task(&*guard);
}
