// SPDX-License-Identifier: GPL-2.0-only
// PT-11: a table that may be stale is read entry by entry, each a hint.
//@check-pass

use mmguard::{mmap::Read, table::{pte_lock::LockedPteTable, pte_rcu::PteTableRcu}};

fn present(_: PteTableRcu<'_, Read>, table: &LockedPteTable<'_, Read>) -> usize {
    table.iter().filter(|(_, pte)| pte.is_present()).count()
}
