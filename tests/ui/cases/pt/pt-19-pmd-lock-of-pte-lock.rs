// SPDX-License-Identifier: GPL-2.0-only
// PT-19: the lock of a PTE table does not lead to that of its PMD table.
//@lock: PteLockGuard

use mmguard::{mmap::Read, table::{pmd_lock::PmdLockGuard, pte_lock::PteLockGuard}};

fn lock<'a>(_: &'a mut PmdLockGuard<'_, Read>, table: &'a mut PteLockGuard<'_, Read>) -> bool {
    table.lock_pmd_table().is_ok() //~ E0599
}
