// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under RCU no lock that sleeps is taken.
//@lock: map_pte_table_rcu

use mmguard::{mmap::Read, order::{level::ILock, mutex::OrderedMutex, NothingHeld}, table::{NoTable, PmdEntry}};

type Own = OrderedMutex<ILock, usize>;

fn count(scope: &mut NothingHeld, own: &Own, pmd: &PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let table = pmd.map_pte_table_rcu(scope)?;
    let count = own.lock(scope); //~ E0499
    Ok(*count + table.end())
}
