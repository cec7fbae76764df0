// SPDX-License-Identifier: GPL-2.0-only
// PT-6: the `page_table_lock` is taken in a scope, and not by hand.
//@check-pass

use mmguard::*;

fn lock<'a>(nothing: &'a mut NothingHeld, pud: &PudEntry<'a, Read>) -> bool {
    nothing.page_table_lock(pud).no_table().is_none()
}
