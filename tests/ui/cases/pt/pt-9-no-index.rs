// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is read as a value: no reference to it is had.
//@lock: PteLockGuard

use kernel::prelude::*;
use mmguard::{mmap::Read, table::pte_lock::PteLockGuard};

fn young(table: PteLockGuard<'_, Read>, addr: usize) -> Result<bool> {
    Ok(table[addr].is_young()) //~ E0608
}
