// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: the mmap write lock has no try form.
//@lock: mmap_write_lock

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    ctx.mmap_write_trylock().map_or(0, |mm| mm.vmas(0).count()) //~ E0599
}
