// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, under RCU neither.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn young<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<bool> {
    let table = pmd.map_pte_table_rcu(nothing);
    let table = table.map_err(|_| EFAULT)?;
    Ok(table.get(pmd.addr())?.hint().is_young())
}
