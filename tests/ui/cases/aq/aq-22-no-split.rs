// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no operation is offered that changes the tree under a guard.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn split(vma: &mut VmaWriteGuard<'_>, addr: usize) -> bool {
    vma.split(addr); //~ E0599
    vma.end() == addr
}
