// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is read as a value: no pointer to it is had.
//@lock: LockedPteTable

use kernel::prelude::*;
use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn young(table: PteLockGuard<'_, Read>, addr: usize) -> Result<bool> {
    let entry = table.pte; //~ E0616
    entry.map(|pte| pte.is_young())
}
