// SPDX-License-Identifier: GPL-2.0-only
// RC-2: which mm a VMA is of is no decision before it is locked.
//@lock: rcu_read_lock

use kernel::{mm::Mm, prelude::*};
use mmguard::order::LockContext;

fn check(ctx: &mut LockContext<'_>, mm: &Mm, addr: usize) -> Result {
    if !ctx.rcu_read_lock().vma_lookup(addr).ok_or(EFAULT)?.belongs_to(mm) { //~ E0600
        return Err(EAGAIN);
    }
    Ok(())
}
