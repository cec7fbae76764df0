// SPDX-License-Identifier: GPL-2.0-only
// PT-12: pages are not unmapped under a lock that comes after that of tables.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::{ops::VmOperations, own::OwnVma};
use mmguard::{mmap::Read, order::{level::{AnonVmaRwsem, Below, LockLevel}, mutex::OrderedMutexGuard}};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<AnonVmaRwsem>;
}

type Guard<'a> = OrderedMutexGuard<'a, OwnLock, ()>;

fn zap<T: VmOperations>(own: &OwnVma<'_, Read, T>, lock: &mut Guard<'_>) -> Result {
    own.zap(lock, 0..0)
}
