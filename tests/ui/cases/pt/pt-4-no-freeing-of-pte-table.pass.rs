// SPDX-License-Identifier: GPL-2.0-only
// PT-4: a table is not taken out of its PMD entry.
//@check-pass

use mmguard::{mmap::Write, table::pmd_lock::PmdLockGuard};

fn free(pmd: &mut PmdLockGuard<'_, Write>) -> bool {
    pmd.lock_pte_table().is_ok()
}
