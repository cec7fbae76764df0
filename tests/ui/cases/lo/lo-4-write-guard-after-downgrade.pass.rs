// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a downgrade takes the guard of the writer.
//@check-pass

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedWriteGuard};

fn add(mut write: OrderedWriteGuard<'_, PrivateLock, usize>) -> usize {
    *write += 1;
    let read = write.downgrade();
    *read
}
