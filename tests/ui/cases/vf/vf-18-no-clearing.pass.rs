// SPDX-License-Identifier: GPL-2.0-only
// VF-18: `anon_vma` has no writer that unsets it, the VMA write lock notwithstanding.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn unlink(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.has_anon_vma()
}
