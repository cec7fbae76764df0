// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the `page_table_lock`, which may be the same one, no table is locked.
//@lock: page_table_lock

use mmguard::{mmap::Read, order::NothingHeld, table::{PmdEntry, PudEntry}};

fn lock(scope: &mut NothingHeld, pud: PudEntry<'_, Read>, pmd: PmdEntry<'_, Read>) -> bool {
    let above = pud.page_table_lock(scope);
    let found = pmd.lock_pte_table(scope).is_ok(); //~ E0499
    drop(above);
    found
}
