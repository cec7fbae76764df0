// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: the mmap lock is not taken there.
//@lock: rcu_read_lock

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>, addr: usize) -> usize {
    let rcu = ctx.rcu_read_lock();
    let count = ctx.mmap_read_lock().vmas(0).count(); //~ E0499
    count + usize::from(rcu.vma_lookup(addr).is_some())
}
