// SPDX-License-Identifier: GPL-2.0-only
// AQ-2: the fallback takes the context that the failed attempt gives back.
//@lock: lock_vma_under_rcu

use mmguard::order::LockContext;

fn visit(ctx: &mut LockContext<'_>, addr: usize) {
    match ctx.lock_vma_under_rcu(addr) {
        Ok(vma) => drop(vma),
        Err(_) => drop(ctx.mmap_read_lock()), //~ E0499
    };
}
