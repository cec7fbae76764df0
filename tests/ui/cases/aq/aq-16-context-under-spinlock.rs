// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps under a spinlock: it is no scope to take a lock of an mm in.
//@lock: OrderedSpinLockGuard

use kernel::mm::MmWithUser;
use mmguard::order::level::{Below, IRwsem, LockLevel};
use mmguard::order::{spinlock::OrderedSpinLock, LockScope, NothingHeld};

struct PagesLock;

impl LockLevel for PagesLock {
    type Place = Below<IRwsem>;
}

fn count(nothing: &mut NothingHeld, mm: &MmWithUser, lock: &OrderedSpinLock<PagesLock, ()>) -> usize {
    let mut held = lock.lock(nothing);
    held.context(mm).mmap_read_lock().vmas(0).count() //~ E0599
}
