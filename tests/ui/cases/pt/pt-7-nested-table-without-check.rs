// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, under the lock of its PMD table neither.
//@lock: PteLockGuard

use kernel::prelude::*;
use mmguard::{mmap::Read, table::pmd_lock::PmdLockGuard};

fn young(pmd: &mut PmdLockGuard<'_, Read>) -> Result<bool> {
    let table = pmd.lock_pte_table();
    Ok(table.get(0)?.is_young()) //~ E0599
}
