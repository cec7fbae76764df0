// SPDX-License-Identifier: GPL-2.0-only
// PT-19: a PTE table is locked once under the lock of its PMD table.
//@check-pass

use mmguard::{mmap::Read, table::{pmd_lock::PmdLockGuard, NoTable}};

fn lock(pmd: &mut PmdLockGuard<'_, Read>) -> Result<usize, NoTable> {
    let first = PmdLockGuard::lock_pte_table(pmd)?.end();
    let second = PmdLockGuard::lock_pte_table(pmd)?;
    Ok(first - second.start())
}
