// SPDX-License-Identifier: GPL-2.0-only
// AQ-27: "not obtained" does not mean that there is no VMA.
//@lock: VmaReadGuard

use mmguard::{order::LockContext, vma::lock::VmaReadGuard};

fn visit(vma: Option<VmaReadGuard<'_>>) -> bool {
    vma.is_some()
}

fn is_mapped(ctx: &mut LockContext<'_>, addr: usize) -> bool {
    visit(ctx.lock_vma_under_rcu(addr)) //~ E0308
}
