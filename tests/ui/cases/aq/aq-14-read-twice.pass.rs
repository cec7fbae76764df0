// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken twice, not even for reading.
//@check-pass

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_read_lock();
    let again = &mm;
    mm.vmas(0).count() + again.vmas(0).count()
}
