// SPDX-License-Identifier: GPL-2.0-only
// PT-19: the lock of a PTE table does not lead to that of its PMD table.
//@check-pass

use mmguard::{mmap::Read, table::{pmd_lock::PmdLockGuard, pte_lock::PteLockGuard}};

fn lock<'a>(pmd: &'a mut PmdLockGuard<'_, Read>, _: &'a mut PteLockGuard<'_, Read>) -> bool {
    pmd.lock_pte_table().is_ok()
}
