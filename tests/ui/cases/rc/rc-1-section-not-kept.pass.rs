// SPDX-License-Identifier: GPL-2.0-only
// RC-1: an RCU section that is not kept ends at once.
//@check-pass

use mmguard::order::LockContext;

fn find(ctx: &mut LockContext<'_>, addr: usize) -> bool {
    let _rcu = ctx.rcu_read_lock();
    addr != 0
}
