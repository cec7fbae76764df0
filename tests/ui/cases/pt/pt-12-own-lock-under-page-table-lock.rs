// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock that sleeps is taken.
//@lock: page_table_lock

use mmguard::*;

type Own = OrderedMutex<order::ILock, usize>;

fn count(scope: &mut NothingHeld, own: &Own, pud: &PudEntry<'_, Read>) -> Result<usize, NoTable> {
    let table = scope.page_table_lock(pud);
    let count = scope.lock(own); //~ E0499
    Ok(*count + table.no_table().is_some() as usize)
}
