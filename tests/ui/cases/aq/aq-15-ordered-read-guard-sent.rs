// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: a lock is dropped by the task that took it.
//@lock: OrderedReadGuard

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedReadGuard};

fn to_other_task(_: &dyn Send) {}

fn send(guard: OrderedReadGuard<'_, PrivateLock, usize>) {
    to_other_task(&guard); //~ E0277
}
