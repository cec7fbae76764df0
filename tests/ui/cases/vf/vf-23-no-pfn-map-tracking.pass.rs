// SPDX-License-Identifier: GPL-2.0-only
// VF-23: the tracking of PFN maps is not exposed.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn first(vma: &mut VmaWriteGuard<'_>) -> usize {
    vma.start()
}
