// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no operation is offered that changes the tree under a guard.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn expand(vma: &mut VmaWriteGuard<'_>, addr: usize) -> bool {
    vma.expand_stack(addr); //~ E0599
    vma.start() <= addr
}
