// SPDX-License-Identifier: GPL-2.0-only
// VF-22: the anonymous page offset is of use with the `anon_vma` tree only.
//@module-only
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn offset(vma: &VmaWriteGuard<'_>) -> usize {
    vma.anon_pgoff() //~ E0599
}
