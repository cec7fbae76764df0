// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: a failed try yields no guard.
//@check-pass

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    ctx.mmap_read_trylock().map_or(0, |mm| mm.vmas(0).count())
}
