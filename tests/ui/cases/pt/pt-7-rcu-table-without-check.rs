// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, under RCU neither.
//@lock: PteTableRcu

use kernel::prelude::*;
use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn young<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<bool> {
    let table = pmd.map_pte_table_rcu(nothing);
    Ok(table.get(pmd.addr())?.hint().is_young()) //~ E0599
}
