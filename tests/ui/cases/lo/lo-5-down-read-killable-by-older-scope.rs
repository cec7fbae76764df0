// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a semaphore is not taken in a scope that is older than a lock after it.
//@lock: down_read

use kernel::prelude::*;
use mmguard::order::{level::PrivateLock, rw_semaphore::OrderedRwSemaphore, NothingHeld};

type Pages = OrderedRwSemaphore<PrivateLock, usize>;

fn sum(nothing: &mut NothingHeld, a: &Pages, b: &Pages) -> Result<usize> {
    let down_read = a.down_read_killable(nothing)?;
    Ok(*down_read + *b.down_read_killable(nothing)?) //~ E0499
}
