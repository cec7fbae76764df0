// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a mutex is not tried in a scope that is older than a lock after it.
//@check-pass

use mmguard::order::{level::PrivateLock, mutex::OrderedMutex, NothingHeld};

type Pages = OrderedMutex<PrivateLock, usize>;

fn sum(nothing: &mut NothingHeld, a: &Pages, b: &Pages) -> Option<usize> {
    let try_lock = *a.try_lock(nothing)?;
    Some(try_lock + *b.try_lock(nothing)?)
}
