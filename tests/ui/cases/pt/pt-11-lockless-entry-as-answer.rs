// SPDX-License-Identifier: GPL-2.0-only
// PT-11: an entry that is read without the lock of its table is a hint.
//@lock: map_pte_table_rcu

use kernel::prelude::*;
use mmguard::{mmap::Read, order::NothingHeld, table::PmdEntry};

fn young<'a>(scope: &'a mut NothingHeld, pmd: &PmdEntry<'a, Read>) -> Result<bool> {
    Ok(pmd.map_pte_table_rcu(scope).map_err(|_| EFAULT)?.get(0)?.is_young()) //~ E0599
}
