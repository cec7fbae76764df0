// SPDX-License-Identifier: GPL-2.0-only
// PT-9: a module cannot flush, so it changes no entry that maps a page.
//@module-only
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn young(table: &PteLockGuard<'_, Read>, addr: usize) -> Result<bool> {
    table.get(addr).map(|pte| pte.is_young())
}
