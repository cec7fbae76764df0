// SPDX-License-Identifier: GPL-2.0-only
// PT-12: two PTE tables are locked by one call, which knows their order.
//@lock: lock_pte_table

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmds: [PmdEntry<'_, Read>; 2]) -> Result<usize, NoTable> {
    let first = pmds[0].lock_pte_table(scope)?;
    let second = pmds[1].lock_pte_table(scope)?; //~ E0499
    Ok(first.end().max(second.end()))
}
