// SPDX-License-Identifier: GPL-2.0-only
// PT-3: huge pages are not unmapped from a VMA that was found through an `anon_vma`.
//@in-tree
//@lock: AnonVma

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::AnonVma, driver::zap::zap_hugetlb_vma_range, order::NothingHeld, vma::Vma};

fn zap(nothing: &mut NothingHeld, vma: &Vma<'_, AnonVma>) -> Result {
    unsafe { zap_hugetlb_vma_range(nothing, vma, vma.start(), 0) } //~ E0277
}
