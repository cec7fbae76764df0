// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: it is no scope to lock a folio in.
//@in-tree
//@check-pass

use mmguard::{folio::*, LockContext};

fn pgoff(ctx: &mut LockContext<'_>, folio: &Folio) -> usize {
    let rcu = ctx.rcu_read_lock();
    drop(rcu);
    folio_lock(ctx, folio).pgoff()
}
