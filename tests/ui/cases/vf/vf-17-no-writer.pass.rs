// SPDX-License-Identifier: GPL-2.0-only
// VF-17: `anon_vma` has no writer of its own, the VMA write lock notwithstanding.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn adopt(vma: &mut VmaWriteGuard<'_>, _other: &VmaWriteGuard<'_>) -> bool {
    vma.has_anon_vma()
}
