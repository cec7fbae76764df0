// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: it is no scope to take a mutex in.
//@lock: RcuSection

use mmguard::{order::PrivateLock, LockContext, LockScope, OrderedMutex};

fn add(ctx: &mut LockContext<'_>, count: &OrderedMutex<PrivateLock, usize>) {
    let mut rcu = ctx.rcu_read_lock();
    *rcu.lock(count) += 1; //~ E0599
}
