// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two tables are not mapped by one scope, so none is unmapped out of order.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn map(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let first = pmd.map_pte_table_rcu(scope)?;
    drop(first);
    let second = pmd.map_pte_table_rcu(scope)?;
    Ok(second.end() - second.start())
}
