// SPDX-License-Identifier: GPL-2.0-only
// PT-12: two PTE tables are locked by one call, which knows their order.
//@check-pass

use mmguard::{mmap::Read, order::NothingHeld, table::{NoTable, PmdEntry}};

fn lock(scope: &mut NothingHeld, pmds: [PmdEntry<'_, Read>; 2]) -> Result<usize, NoTable> {
    let pair = pmds[0].lock_pte_tables(scope, &pmds[1])?;
    Ok(pair.first().end().max(pair.second().end()))
}
