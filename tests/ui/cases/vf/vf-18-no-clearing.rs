// SPDX-License-Identifier: GPL-2.0-only
// VF-18: `anon_vma` has no writer that unsets it, the VMA write lock notwithstanding.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn unlink(vma: &mut VmaWriteGuard<'_>) -> bool {
    vma.set_anon_vma(None); //~ E0599
    vma.has_anon_vma()
}
