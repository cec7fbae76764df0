// SPDX-License-Identifier: GPL-2.0-only
// PT-3: pages are not unmapped from a VMA that was found by a reverse mapping: it may be
// a stack in `execve`.
//@in-tree
//@lock: AnonVma

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::AnonVma, driver::zap::zap_vma_range, order::NothingHeld, vma::Vma};

fn zap(nothing: &mut NothingHeld, vma: &Vma<'_, AnonVma>) -> Result {
    unsafe { zap_vma_range(nothing, vma, vma.start(), 0) } //~ E0277
}
