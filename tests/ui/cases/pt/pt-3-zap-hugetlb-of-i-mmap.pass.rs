// SPDX-License-Identifier: GPL-2.0-only
// PT-3: huge pages are not unmapped from a VMA that was found through its file.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_hugetlb_vma_range, order::NothingHeld, vma::{lock::VmaRead, Vma}};

fn zap(nothing: &mut NothingHeld, vma: &Vma<'_, VmaRead>) -> Result {
    unsafe { zap_hugetlb_vma_range(nothing, vma, vma.start(), 0) }
}
