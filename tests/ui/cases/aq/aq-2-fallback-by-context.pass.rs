// SPDX-License-Identifier: GPL-2.0-only
// AQ-2: the fallback takes the context that the failed attempt gives back.
//@check-pass

use mmguard::order::LockContext;

fn visit(ctx: &mut LockContext<'_>, addr: usize) {
    match ctx.lock_vma_under_rcu(addr) {
        Ok(vma) => drop(vma),
        Err(err) => drop(err.into_context().mmap_read_lock()),
    };
}
