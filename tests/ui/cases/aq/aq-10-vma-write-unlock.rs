// SPDX-License-Identifier: GPL-2.0-only
// AQ-10: a VMA write lock has no release of its own.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn done(vma: VmaWriteGuard<'_>) {
    vma.vma_end_write(); //~ E0599
}
