// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is read as a value: no reference to it is had.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, table::{pte::Pte, pte_lock::PteLockGuard}};

fn swap(table: &mut PteLockGuard<'_, Read>, pte: &mut Pte) -> Result {
    *pte = table.get(0)?;
    Ok(())
}
