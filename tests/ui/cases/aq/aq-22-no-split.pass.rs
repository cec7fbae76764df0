// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no operation is offered that changes the tree under a guard.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn split(vma: &mut VmaWriteGuard<'_>, addr: usize) -> bool {
    vma.end() == addr
}
