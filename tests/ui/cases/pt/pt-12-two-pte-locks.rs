// SPDX-License-Identifier: GPL-2.0-only
// PT-12: two PTE tables are locked by one call, which knows their order.
//@lock: lock_pte_table

use mmguard::{LockScope, NoTable, NothingHeld, PmdEntry, Read};

fn lock(scope: &mut NothingHeld, pmds: [PmdEntry<'_, Read>; 2]) -> Result<usize, NoTable> {
    let first = scope.lock_pte_table(&pmds[0])?;
    let second = scope.lock_pte_table(&pmds[1])?; //~ E0499
    Ok(first.end().max(second.end()))
}
