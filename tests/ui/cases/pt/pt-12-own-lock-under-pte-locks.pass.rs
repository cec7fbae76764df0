// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock that sleeps is taken.
//@check-pass

use mmguard::*;

type Own = OrderedMutex<order::ILock, usize>;

fn count(scope: &mut NothingHeld, own: &Own, pmd: &PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let table = scope.lock_pte_tables(pmd, pmd)?;
    let used = table.first().end();
    drop(table);
    Ok(*scope.lock(own) + used)
}
