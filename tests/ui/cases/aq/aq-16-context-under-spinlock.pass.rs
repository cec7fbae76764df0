// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps under a spinlock: it is no scope to take a lock of an mm in.
//@check-pass

use kernel::mm::MmWithUser;
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{spinlock::OrderedSpinLock, LockScope, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

fn count(nothing: &mut NothingHeld, mm: &MmWithUser, lock: &OrderedSpinLock<PagesLock, ()>) -> usize {
    drop(lock.lock(nothing));
    nothing.context(mm).mmap_read_lock().vmas(0).count()
}
