// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table is unlocked once.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn unlock(table: PteLockGuard<'_, Read>) {
    drop(table);
}
