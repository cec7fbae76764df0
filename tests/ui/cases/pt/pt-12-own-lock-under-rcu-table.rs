// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under RCU no lock that sleeps is taken.
//@lock: map_pte_table_rcu

use mmguard::*;

type Own = OrderedMutex<order::ILock, usize>;

fn count(scope: &mut NothingHeld, own: &Own, pmd: &PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let table = scope.map_pte_table_rcu(pmd)?;
    let count = scope.lock(own); //~ E0499
    Ok(*count + table.end())
}
