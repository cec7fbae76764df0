// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: it is no scope to lock a folio in.
//@in-tree
//@check-pass

use mmguard::{builtin::folio::{folio_lock, Folio}, order::LockContext};

fn pgoff(ctx: &mut LockContext<'_>, folio: &Folio) -> usize {
    drop(ctx.rcu_read_lock());
    let folio = folio_lock(ctx, folio);
    folio.pgoff()
}
