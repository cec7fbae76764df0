// SPDX-License-Identifier: GPL-2.0-only
// VF-15: the place of a VMA in its file's tree is not read outside of a walk of that tree.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn last(vma: &VmaWriteGuard<'_>) -> usize {
    vma.rb_subtree_last() //~ E0599
}
