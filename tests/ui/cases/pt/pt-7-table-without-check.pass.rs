// SPDX-License-Identifier: GPL-2.0-only
// PT-7: there may be no table, so there is none to be had without asking.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn young<'a>(nothing: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<bool> {
    let table = pmd.lock_pte_table(nothing);
    let table = table.map_err(|_| EFAULT)?;
    Ok(table.get(pmd.addr())?.is_young())
}
