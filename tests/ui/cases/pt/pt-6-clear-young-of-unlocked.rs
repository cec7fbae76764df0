// SPDX-License-Identifier: GPL-2.0-only
// PT-6: an entry is not changed without the lock of its table.
//@in-tree
//@lock: PteTableRcu

use kernel::prelude::*;
use mmguard::{builtin::young::StaleTlb, mmap::Read, table::pte_rcu::PteTableRcu};

fn clear(table: &PteTableRcu<'_, Read>, stale: &mut StaleTlb<'_, Read>) -> Result<bool> {
    table.test_and_clear_young(0, stale) //~ E0599
}
