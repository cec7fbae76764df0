// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two pairs of tables are not locked together.
//@lock: lock_pte_tables

use mmguard::{LockScope, NoTable, NothingHeld, PmdEntry, Read};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<bool, NoTable> {
    let first = scope.lock_pte_tables(&pmd, &pmd)?;
    let second = scope.lock_pte_tables(&pmd, &pmd)?; //~ E0499
    Ok(first.is_one_lock() && second.is_one_lock())
}
