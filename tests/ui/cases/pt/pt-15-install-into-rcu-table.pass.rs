// SPDX-License-Identifier: GPL-2.0-only
// PT-15: a table that was not revalidated is not written.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, table::{pte::NewPte, pte_lock::LockedPteTable, pte_rcu::PteTableRcu}};

fn fill(_: &PteTableRcu<'_, Read>, table: &LockedPteTable<'_, Read>, pte: NewPte) -> Result {
    // SAFETY: The caller knows what it is.
    unsafe { table.install(0, pte) }
}
