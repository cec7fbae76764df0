// SPDX-License-Identifier: GPL-2.0-only
// RC-1: an RCU section that is not kept ends at once.
//@lock: RcuSection

use mmguard::order::LockContext;

fn find(ctx: &mut LockContext<'_>, addr: usize) -> bool {
    ctx.rcu_read_lock(); //~ unused_must_use
    addr != 0
}
