// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock is taken, and nothing is unmapped.
//@lock: PageTableLockGuard

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, mmap::Read, order::NothingHeld, table::page_table_lock::PageTableLockGuard, vma::Vma};

type Table<'a> = PageTableLockGuard<'a, Read>;

fn zap(table: &mut Table<'_>, vma: &Vma<'_, Read>, _: &mut NothingHeld) -> Result {
    unsafe { zap_vma_range(table, vma, 0, 0) } //~ E0277
}
