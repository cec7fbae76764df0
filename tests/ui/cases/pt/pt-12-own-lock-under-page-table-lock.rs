// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock that sleeps is taken.
//@lock: page_table_lock

use mmguard::{mmap::Read, order::{level::ILock, mutex::OrderedMutex, NothingHeld}, table::{NoTable, PudEntry}};

type Own = OrderedMutex<ILock, usize>;

fn count(scope: &mut NothingHeld, own: &Own, pud: &PudEntry<'_, Read>) -> Result<usize, NoTable> {
    let table = pud.page_table_lock(scope);
    let count = own.lock(scope); //~ E0499
    Ok(*count + table.no_table().is_some() as usize)
}
