// SPDX-License-Identifier: GPL-2.0-only
// DV-11: while a table is locked, no page is taken back by who holds it.
//@lock: lock_pte_table

use mmguard::driver::{kind::Pages, object::LockedObject, ops::VmOperations};
use mmguard::{mmap::Read, order::{level::MmapLock, InnerScope}, table::PmdEntry};

type Locked<'a, T> = LockedObject<'a, T>;
type Scope<'a> = InnerScope<'a, MmapLock>;

fn revoke<T: VmOperations<Kind = Pages>>(locked: &Locked<'_, T>, scope: &mut Scope<'_>, pmd: &PmdEntry<'_, Read>) {
    let table = pmd.lock_pte_table(scope);
    locked.revoke(scope, 0..1); //~ E0499
    drop(table);
}
