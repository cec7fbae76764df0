// SPDX-License-Identifier: GPL-2.0-only
// PT-14: the guard of the tables above is kept.
//@check-pass

use mmguard::{LockScope, NothingHeld, PudEntry, Read};

fn lock<'a>(nothing: &'a mut NothingHeld, pud: &PudEntry<'a, Read>) {
    let _above = nothing.page_table_lock(pud);
}
