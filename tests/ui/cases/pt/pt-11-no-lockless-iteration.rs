// SPDX-License-Identifier: GPL-2.0-only
// PT-11: a table that may be stale is read entry by entry, each a hint.
//@lock: PteTableRcu

use mmguard::{mmap::Read, table::{pte_lock::LockedPteTable, pte_rcu::PteTableRcu}};

fn present(table: PteTableRcu<'_, Read>, _: &LockedPteTable<'_, Read>) -> usize {
    table.iter().filter(|(_, pte)| pte.is_present()).count() //~ E0599
}
