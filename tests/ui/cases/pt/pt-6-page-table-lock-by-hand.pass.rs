// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the `page_table_lock` is taken in a scope, and not by hand.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::PudEntry};

fn lock<'a>(nothing: &'a mut NothingHeld, pud: &PudEntry<'a, Read>) -> bool {
    pud.page_table_lock(nothing).no_table().is_none()
}
