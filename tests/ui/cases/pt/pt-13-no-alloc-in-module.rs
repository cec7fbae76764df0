// SPDX-License-Identifier: GPL-2.0-only
// PT-13: tables are made by core mm, and not by modules.
//@module-only
//@lock: PageTableLock

use mmguard::{builtin::table_alloc::alloc_pte_table as change, order::{level::PageTableLock, NothingHeld}}; //~ E0433

fn all(_: PageTableLock) {
    let _ = change::<NothingHeld, _>;
}
