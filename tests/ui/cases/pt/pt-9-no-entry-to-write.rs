// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is read as a value: no reference to it is had.
//@lock: PteLockGuard

use kernel::prelude::*;
use mmguard::{mmap::Read, table::{pte::Pte, pte_lock::PteLockGuard}};

fn swap(table: &mut PteLockGuard<'_, Read>, pte: &mut Pte) -> Result {
    *table.get_mut(0)? = *pte; //~ E0599
    Ok(())
}
