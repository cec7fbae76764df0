// SPDX-License-Identifier: GPL-2.0-only
// PT-23: there is no lazy MMU mode, in which entries that were written read as they were.
//@lock: PteLockGuard

use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn young(table: PteLockGuard<'_, Read>) -> bool {
    table.lazy_mmu_mode_enable(); //~ E0599
    table.iter().any(|(_, pte)| pte.is_young())
}
