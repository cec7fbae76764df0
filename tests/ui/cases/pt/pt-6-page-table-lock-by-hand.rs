// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the `page_table_lock` is taken in a scope, and not by hand.
//@lock: PageTableLockGuard

use mmguard::{mmap::Read, order::NothingHeld, table::{page_table_lock::PageTableLockGuard, PudEntry}};

fn lock<'a>(_nothing: &'a mut NothingHeld, pud: &PudEntry<'a, Read>) -> bool {
    PageTableLockGuard::lock(pud).no_table().is_none() //~ E0624
}
