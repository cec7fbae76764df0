// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock is taken, and nothing is unmapped.
//@lock: PteLockPair

use kernel::prelude::*;
use mmguard::driver::{ops::VmOperations, own::OwnVma};
use mmguard::{mmap::Read, order::{level::MmapLock, InnerScope}, table::pte_lock::PteLockPair};

type Table<'a> = PteLockPair<'a, Read, Read>;
type Scope<'a> = InnerScope<'a, MmapLock>;

fn zap<T: VmOperations>(own: &OwnVma<'_, Read, T>, table: &mut Table<'_>, _: &mut Scope<'_>) -> Result {
    own.zap(table, 0..0) //~ E0277
}
