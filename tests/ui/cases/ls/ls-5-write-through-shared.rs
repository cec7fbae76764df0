// SPDX-License-Identifier: GPL-2.0-only
// LS-5: a write borrows the VMA write lock exclusively, so nobody reads meanwhile.
//@lock: VmaWriteGuard

use kernel::{mm::virt::flags, prelude::*};
use mmguard::vma::lock::VmaWriteGuard;

fn no_dump(vma: &VmaWriteGuard<'_>) -> Result {
    vma.set_flags(flags::DONTDUMP) //~ E0596
}
