// SPDX-License-Identifier: GPL-2.0-only
// PT-15: a table that was found under RCU is looked for anew to lock it.
//@lock: map_pte_table_rcu

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmd: PmdEntry<'_, Read>) -> Result<usize, NoTable> {
    let seen = pmd.map_pte_table_rcu(scope)?;
    let table = pmd.lock_pte_table(scope)?; //~ E0499
    Ok(seen.end() - table.start())
}
