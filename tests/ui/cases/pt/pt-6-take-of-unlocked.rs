// SPDX-License-Identifier: GPL-2.0-only
// PT-6: an entry is not taken out without the lock of its table.
//@in-tree
//@lock: PteTableRcu

use kernel::prelude::*;
use mmguard::{young::*, LockedPteTable, PteTableRcu, Read};

fn age(table: &PteTableRcu<'_, Read>, stale: &mut StaleTlb<'_, Read>) -> Result<bool> {
    Ok(LockedPteTable::update(table, 0, stale, |_| PteUpdate::Old)?.is_young()) //~ E0308
}
