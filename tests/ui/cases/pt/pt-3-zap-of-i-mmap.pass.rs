// SPDX-License-Identifier: GPL-2.0-only
// PT-3: pages are not unmapped from a VMA that was found by a reverse mapping: it may be
// a stack in `execve`.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{driver::zap::zap_vma_range, mmap::Read, order::NothingHeld, vma::Vma};

fn zap(nothing: &mut NothingHeld, vma: &Vma<'_, Read>) -> Result {
    unsafe { zap_vma_range(nothing, vma, vma.start(), 0) }
}
