// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the guard of the tables above is kept.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::PudEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pud: &PudEntry<'a, Read>) {
    let _above = pud.page_table_lock(nothing);
}
