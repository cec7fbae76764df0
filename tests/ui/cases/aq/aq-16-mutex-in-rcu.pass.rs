// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: it is no scope to take a mutex in.
//@check-pass

use mmguard::order::{level::PrivateLock, mutex::OrderedMutex, LockContext};

fn add(ctx: &mut LockContext<'_>, count: &OrderedMutex<PrivateLock, usize>) {
    let rcu = ctx.rcu_read_lock();
    drop(rcu);
    *count.lock(ctx) += 1;
}
