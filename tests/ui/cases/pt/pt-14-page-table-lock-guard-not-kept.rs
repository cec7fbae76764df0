// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the guard of the tables above is kept.
//@lock: PageTableLockGuard

use mmguard::{mmap::Read, order::NothingHeld, table::PudEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pud: &PudEntry<'a, Read>) {
    pud.page_table_lock(nothing); //~ unused_must_use
}
