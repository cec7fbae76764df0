// SPDX-License-Identifier: GPL-2.0-only
// PT-12: while a table is mapped under RCU, nothing is unmapped.
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, mmap::Read, order::NothingHeld, table::pte_rcu::PteTableRcu, vma::Vma};

type Table<'a> = PteTableRcu<'a, Read>;

fn zap(_: &mut Table<'_>, vma: &Vma<'_, Read>, nothing: &mut NothingHeld) -> Result {
    unsafe { zap_vma_range(nothing, vma, 0, 0) }
}
