// SPDX-License-Identifier: GPL-2.0-only
// PT-9: a module cannot flush, so it changes no entry that maps a page.
//@module-only
//@lock: PteLockGuard

use kernel::prelude::*;
use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn young(table: &PteLockGuard<'_, Read>, addr: usize) -> Result<bool> {
    table.test_and_clear_young(addr) //~ E0599
}
