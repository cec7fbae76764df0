// SPDX-License-Identifier: GPL-2.0-only
// VF-15: the place of a VMA in its file's tree is not read outside of a walk of that tree.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn last(vma: &VmaWriteGuard<'_>) -> usize {
    vma.end()
}
