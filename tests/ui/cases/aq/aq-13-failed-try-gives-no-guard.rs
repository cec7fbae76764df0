// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: a failed try yields no guard.
//@lock: MmGuard

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    ctx.mmap_read_trylock().vmas(0).count() //~ E0599
}
