// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is read as a value: no pointer to it is had.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn young(table: PteLockGuard<'_, Read>, addr: usize) -> Result<bool> {
    let entry = table.get(addr);
    entry.map(|pte| pte.is_young())
}
