// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock that sleeps is taken.
//@check-pass

use mmguard::{mmap::Read, order::{level::ILock, mutex::OrderedMutex, NothingHeld}, table::{NoTable, PmdEntry}};

type Own = OrderedMutex<ILock, usize>;

fn count(scope: &mut NothingHeld, own: &Own, pmd: &PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let table = pmd.lock_pte_tables(scope, pmd)?;
    let used = table.first().end();
    drop(table);
    Ok(*own.lock(scope) + used)
}
