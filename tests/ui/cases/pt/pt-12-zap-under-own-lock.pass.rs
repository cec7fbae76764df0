// SPDX-License-Identifier: GPL-2.0-only
// PT-12: pages are not unmapped under a lock that comes after that of tables.
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, mmap::Read, order::{level::{AnonVmaRwsem, Below, LockLevel}, mutex::OrderedMutexGuard}, vma::Vma};

struct OwnLock;

impl LockLevel for OwnLock {
    type Place = Below<AnonVmaRwsem>;
}

fn zap(own: &mut OrderedMutexGuard<'_, OwnLock, ()>, vma: &Vma<'_, Read>) -> Result {
    unsafe { zap_vma_range(own, vma, vma.start(), 0) }
}
