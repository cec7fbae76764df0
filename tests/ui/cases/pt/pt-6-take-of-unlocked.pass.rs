// SPDX-License-Identifier: GPL-2.0-only
// PT-6: an entry is not taken out without the lock of its table.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::young::{PteUpdate, StaleTlb}, mmap::Read, table::{pte_lock::LockedPteTable, pte_rcu::PteTableRcu}};

type Stale<'a> = StaleTlb<'a, Read>;
type Locked<'a> = LockedPteTable<'a, Read>;
type Rcu<'a> = PteTableRcu<'a, Read>;

fn age(_: &Rcu<'_>, table: &Locked<'_>, stale: &mut Stale<'_>) -> Result<bool> {
    Ok(Locked::update(table, 0, stale, |_| PteUpdate::Old)?.is_young())
}
