// SPDX-License-Identifier: GPL-2.0-only
// PT-9: where a table is, is for those who may see page frame numbers.
//@lock: VmaRead

use mmguard::{order::rights::SeesPfns, table::PmdEntry, vma::lock::VmaRead};

fn address(pmd: &PmdEntry<'_, VmaRead>, _who: &SeesPfns) -> usize {
    PmdEntry::<VmaRead>::as_ptr(pmd) as usize //~ E0061
}
