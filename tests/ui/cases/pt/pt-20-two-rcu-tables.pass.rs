// SPDX-License-Identifier: GPL-2.0-only
// PT-20: two tables are not mapped by one scope, so none is unmapped out of order.
//@check-pass

use mmguard::{LockScope, NoTable, NothingHeld, PmdEntry, Read};

fn map(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let first = scope.map_pte_table_rcu(&pmd)?;
    drop(first);
    let second = scope.map_pte_table_rcu(&pmd)?;
    Ok(second.end() - second.start())
}
