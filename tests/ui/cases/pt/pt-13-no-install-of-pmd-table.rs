// SPDX-License-Identifier: GPL-2.0-only
// PT-13: no table is put into a PUD entry, the `page_table_lock` notwithstanding.
//@lock: PageTableLockGuard

use mmguard::{mmap::Read, table::page_table_lock::PageTableLockGuard};

fn fill(above: PageTableLockGuard<'_, Read>) -> bool {
    above.pud_populate(); //~ E0599
    above.no_table().is_none()
}
