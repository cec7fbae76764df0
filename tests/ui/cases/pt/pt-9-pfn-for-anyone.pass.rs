// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is a value, and tells its page frame number to who may see such numbers.
//@check-pass

use kernel::prelude::*;
use mmguard::{mmap::Read, order::rights::SeesPfns, table::pte_lock::LockedPteTable};

fn pfn(table: &LockedPteTable<'_, Read>, who: SeesPfns) -> Result<Option<usize>> {
    LockedPteTable::get(table, 0).map(|pte| pte.pfn(&who))
}
