// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps under a spinlock: it is no scope to take a lock of an mm in, nor is an older context.
//@check-pass

use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{spinlock::OrderedSpinLock, LockContext};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

fn count(ctx: &mut LockContext<'_>, lock: &OrderedSpinLock<PagesLock, usize>) -> usize {
    let count = *lock.lock(ctx);
    ctx.mmap_read_lock().vmas(0).count() + count
}
