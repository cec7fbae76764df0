// SPDX-License-Identifier: GPL-2.0-only
// PT-12: while a table is mapped under RCU, nothing is unmapped.
//@check-pass

use kernel::prelude::*;
use mmguard::driver::{ops::VmOperations, own::OwnVma};
use mmguard::{mmap::Read, order::{level::MmapLock, InnerScope}, table::pte_rcu::PteTableRcu};

type Table<'a> = PteTableRcu<'a, Read>;
type Scope<'a> = InnerScope<'a, MmapLock>;

fn zap<T: VmOperations>(own: &OwnVma<'_, Read, T>, _: &mut Table<'_>, scope: &mut Scope<'_>) -> Result {
    own.zap(scope, 0..0)
}
