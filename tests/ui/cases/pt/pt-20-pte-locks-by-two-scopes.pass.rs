// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two pairs of tables are not locked together.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<bool, NoTable> {
    let first = pmd.lock_pte_tables(scope, &pmd)?.is_one_lock();
    let second = pmd.lock_pte_tables(scope, &pmd)?;
    Ok(first && second.is_one_lock())
}
