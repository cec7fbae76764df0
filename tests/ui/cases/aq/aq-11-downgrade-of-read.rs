// SPDX-License-Identifier: GPL-2.0-only
// AQ-11: only the mmap write lock can be downgraded.
//@lock: MmGuard<'_, Read>

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_read_lock().downgrade(); //~ E0599
    mm.vmas(0).count()
}
