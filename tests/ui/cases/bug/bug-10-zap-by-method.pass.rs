// SPDX-License-Identifier: GPL-2.0-only
// BUG-10: the kernel's own method, which checks too little, takes no guard.
//@check-pass

use kernel::{mm::virt::VmaRef, page::PAGE_SIZE, prelude::*};
use mmguard::{driver::zap::zap_vma_range, order::LockScope, vma::stable::StableGuard};

fn zap(guard: &mut StableGuard<'_>, held: &VmaRef) -> Result {
    VmaRef::zap_vma_range(held, held.start(), PAGE_SIZE);
    let (vma, mut scope) = guard.split();
    unsafe { zap_vma_range(&mut scope, vma, vma.start(), PAGE_SIZE) }
}
