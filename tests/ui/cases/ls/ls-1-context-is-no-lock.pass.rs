// SPDX-License-Identifier: GPL-2.0-only
// LS-1: a context holds no lock by itself, so there is no VMA to be had from it.
//@check-pass

use mmguard::{mmap::{MmGuard, Read}, order::LockContext};

fn count(mm: &MmGuard<'_, Read>) -> usize {
    mm.vmas(0).count()
}

fn vmas(ctx: &mut LockContext<'_>) -> usize {
    count(&ctx.mmap_read_lock())
}
