// SPDX-License-Identifier: GPL-2.0-only
// PT-9: an entry is a value, and tells its page frame number to who may see such numbers.
//@lock: LockedPteTable

use kernel::{bindings::pte_t, prelude::*};
use mmguard::{mmap::Read, order::rights::SeesPfns, table::pte_lock::LockedPteTable};

fn raw(table: &LockedPteTable<'_, Read>, who: SeesPfns) -> Result<pte_t> {
    LockedPteTable::get(table, 0).map(|pte| pte.into_raw()) //~ E0061
}
