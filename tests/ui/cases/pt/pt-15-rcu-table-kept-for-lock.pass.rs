// SPDX-License-Identifier: GPL-2.0-only
// PT-15: a table that was found under RCU is looked for anew to lock it.
//@check-pass

use mmguard::{LockScope, NoTable, NothingHeld, PmdEntry, Read};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let seen = scope.map_pte_table_rcu(&pmd)?;
    drop(seen);
    let table = scope.lock_pte_table(&pmd)?;
    Ok(table.end() - table.start())
}
