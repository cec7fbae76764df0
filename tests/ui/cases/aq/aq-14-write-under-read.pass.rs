// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken for writing by who holds it for reading.
//@check-pass

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_read_lock();
    drop(mm);
    let write = ctx.mmap_write_lock();
    write.vmas(0).count()
}
