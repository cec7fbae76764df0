// SPDX-License-Identifier: GPL-2.0-only
// PT-9: what an entry is to contain is no answer about a page frame number.
//@check-pass

use kernel::prelude::*;
use mmguard::table::{pte::NewPte, pte_lock::LockedPteTable};
use mmguard::vma::lock::VmaRead;

fn is_zero_page(table: &LockedPteTable<'_, VmaRead>, _new: NewPte) -> Result<bool> {
    Ok(LockedPteTable::get(table, 0)?.maps_zero_page())
}
