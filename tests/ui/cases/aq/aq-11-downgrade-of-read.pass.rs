// SPDX-License-Identifier: GPL-2.0-only
// AQ-11: only the mmap write lock can be downgraded.
//@check-pass

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_write_lock().downgrade();
    mm.vmas(0).count()
}
