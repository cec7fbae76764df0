// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: the mmap lock is not taken for writing by who holds it for reading.
//@lock: mmap_read_lock

use mmguard::order::LockContext;

fn count(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_read_lock();
    let write = ctx.mmap_write_lock(); //~ E0499
    drop(mm);
    write.vmas(0).count()
}
