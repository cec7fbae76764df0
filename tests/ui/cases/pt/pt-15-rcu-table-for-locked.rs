// SPDX-License-Identifier: GPL-2.0-only
// PT-15: a table that was not revalidated is no table that is locked.
//@lock: PteTableRcu

use kernel::prelude::*;
use mmguard::{mmap::Read, table::{pte_lock::LockedPteTable, pte_rcu::PteTableRcu}};

fn young(table: &LockedPteTable<'_, Read>) -> Result<bool> {
    Ok(table.get(0)?.is_young())
}

fn first(table: &PteTableRcu<'_, Read>, _: &LockedPteTable<'_, Read>) -> Result<bool> {
    young(table) //~ E0308
}
