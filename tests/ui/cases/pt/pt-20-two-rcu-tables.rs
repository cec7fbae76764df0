// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two tables are not mapped by one scope, so none is unmapped out of order.
//@lock: map_pte_table_rcu

use mmguard::{LockScope, NoTable, NothingHeld, PmdEntry, Read};

fn map(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let first = scope.map_pte_table_rcu(&pmd)?;
    let second = scope.map_pte_table_rcu(&pmd)?; //~ E0499
    Ok(first.end() - second.start())
}
