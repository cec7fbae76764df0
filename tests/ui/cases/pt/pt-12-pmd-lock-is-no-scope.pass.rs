// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock is taken, and nothing is unmapped.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::{ops::VmOperations, own::OwnVma};
use mmguard::{mmap::Read, order::{level::MmapLock, InnerScope}, table::pmd_lock::PmdLockGuard};

type Table<'a> = PmdLockGuard<'a, Read>;
type Scope<'a> = InnerScope<'a, MmapLock>;

fn zap<T: VmOperations>(own: &OwnVma<'_, Read, T>, _: &mut Table<'_>, scope: &mut Scope<'_>) -> Result {
    own.zap(scope, 0..0)
}
