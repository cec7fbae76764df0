// SPDX-License-Identifier: GPL-2.0-only
// VF-17: `anon_vma` has no writer of its own, the VMA write lock notwithstanding.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn adopt(vma: &mut VmaWriteGuard<'_>, _other: &VmaWriteGuard<'_>) -> bool {
    vma.anon_vma_clone(_other); //~ E0599
    vma.has_anon_vma()
}
