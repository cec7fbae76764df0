// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock of an mm is taken.
//@lock: lock_pte_table

use kernel::mm::MmWithUser;
use mmguard::{mmap::Read, order::{LockScope, NothingHeld}, table::PmdEntry};

fn count(scope: &mut NothingHeld, mm: &MmWithUser, pmd: &PmdEntry<'_, Read>) -> usize {
    let table = pmd.lock_pte_table(scope);
    let count = scope.context(mm).mmap_read_lock().vmas(0).count(); //~ E0499
    drop(table);
    count
}
