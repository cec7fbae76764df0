// SPDX-License-Identifier: GPL-2.0-only
// PT-3: huge pages are not unmapped from a VMA that was found through its file.
//@in-tree
//@lock: IMmap

use kernel::prelude::*;
use mmguard::{builtin::rmap::IMmap, driver::zap::zap_hugetlb_vma_range, order::NothingHeld, vma::Vma};

fn zap(nothing: &mut NothingHeld, vma: &Vma<'_, IMmap>) -> Result {
    unsafe { zap_hugetlb_vma_range(nothing, vma, vma.start(), 0) } //~ E0277
}
