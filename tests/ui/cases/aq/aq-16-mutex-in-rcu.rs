// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: it is no scope to take a mutex in.
//@lock: RcuSection

use mmguard::order::{level::PrivateLock, mutex::OrderedMutex, LockContext};

fn add(ctx: &mut LockContext<'_>, count: &OrderedMutex<PrivateLock, usize>) {
    let mut rcu = ctx.rcu_read_lock();
    *count.lock(&mut rcu) += 1; //~ E0277
}
