// SPDX-License-Identifier: GPL-2.0-only
// PT-13: no table is put into a PMD entry, the lock of its table notwithstanding.
//@check-pass

use mmguard::{mmap::Read, table::pmd_lock::PmdLockGuard};

fn fill(pmd: &mut PmdLockGuard<'_, Read>) -> bool {
    pmd.lock_pte_table().is_ok()
}
