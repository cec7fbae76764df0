// SPDX-License-Identifier: GPL-2.0-only
// PT-9: what an entry is to contain is no answer about a page frame number.
//@lock: LockedPteTable

use kernel::prelude::*;
use mmguard::table::{pte::NewPte, pte_lock::LockedPteTable};
use mmguard::vma::lock::VmaRead;

fn is_zero_page(table: &LockedPteTable<'_, VmaRead>, new: NewPte) -> Result<bool> {
    Ok(LockedPteTable::get(table, 0).map(|_| new)?.maps_zero_page()) //~ E0599
}
