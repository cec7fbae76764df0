// SPDX-License-Identifier: GPL-2.0-only
// PT-12: while a table is locked, no page is unmapped by who holds it.
//@lock: lock_pmd_table

use kernel::prelude::*;
use mmguard::driver::{ops::VmOperations, own::OwnVma};
use mmguard::{mmap::Read, order::{level::MmapLock, InnerScope}, table::PmdEntry};

type Scope<'a> = InnerScope<'a, MmapLock>;

fn zap<T: VmOperations>(own: &OwnVma<'_, Read, T>, scope: &mut Scope<'_>, pmd: &PmdEntry<'_, Read>) -> Result {
    let table = pmd.lock_pmd_table(scope);
    own.zap(scope, 0..0)?; //~ E0499
    drop(table);
    Ok(())
}
