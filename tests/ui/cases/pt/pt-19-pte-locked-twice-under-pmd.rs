// SPDX-License-Identifier: GPL-2.0-only
// PT-19: a PTE table is locked once under the lock of its PMD table.
//@lock: PmdLockGuard

use mmguard::{mmap::Read, table::{pmd_lock::PmdLockGuard, NoTable}};

fn lock(pmd: &mut PmdLockGuard<'_, Read>) -> Result<usize, NoTable> {
    let first = PmdLockGuard::lock_pte_table(pmd)?;
    let second = PmdLockGuard::lock_pte_table(pmd)?; //~ E0499
    Ok(first.end() - second.start())
}
