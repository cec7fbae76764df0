// SPDX-License-Identifier: GPL-2.0-only
// PT-14: a table is unlocked and unmapped in one, and there is no way to do half of it.
//@check-pass

use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn count(table: PteLockGuard<'_, Read>) -> usize {
    table.iter().count()
}
