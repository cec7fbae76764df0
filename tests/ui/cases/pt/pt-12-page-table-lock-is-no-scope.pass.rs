// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the lock of a page table no lock is taken, and nothing is unmapped.
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, mmap::Read, order::NothingHeld, table::page_table_lock::PageTableLockGuard, vma::Vma};

type Table<'a> = PageTableLockGuard<'a, Read>;

fn zap(_: &mut Table<'_>, vma: &Vma<'_, Read>, nothing: &mut NothingHeld) -> Result {
    unsafe { zap_vma_range(nothing, vma, 0, 0) }
}
