// SPDX-License-Identifier: GPL-2.0-only
// PT-12: under the `page_table_lock`, which may be the same one, no table is locked.
//@lock: page_table_lock

use mmguard::*;

fn lock(scope: &mut NothingHeld, pud: PudEntry<'_, Read>, pmd: PmdEntry<'_, Read>) -> bool {
    let above = scope.page_table_lock(&pud);
    let found = scope.lock_pte_table(&pmd).is_ok(); //~ E0499
    drop(above);
    found
}
