// SPDX-License-Identifier: GPL-2.0-only
// AQ-27: "not obtained" does not mean that there is no VMA.
//@lock: lock_vma_under_rcu

use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Option<usize> {
    let vma = ctx.lock_vma_under_rcu(addr)?; //~ E0277
    Some(vma.start())
}
