// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two pairs of tables are not locked together.
//@check-pass

use mmguard::{LockScope, NoTable, NothingHeld, PmdEntry, Read};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<bool, NoTable> {
    let first = scope.lock_pte_tables(&pmd, &pmd)?.is_one_lock();
    let second = scope.lock_pte_tables(&pmd, &pmd)?;
    Ok(first && second.is_one_lock())
}
