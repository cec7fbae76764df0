// SPDX-License-Identifier: GPL-2.0-only
// LO-4: a downgrade takes the guard of the writer.
//@lock: OrderedWriteGuard

use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedWriteGuard};

fn add(mut write: OrderedWriteGuard<'_, PrivateLock, usize>) -> usize {
    let read = write.downgrade();
    *write += 1; //~ E0382
    *read
}
