// SPDX-License-Identifier: GPL-2.0-only
// AQ-10: a VMA write lock has no release of its own.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn done(vma: VmaWriteGuard<'_>) {
    drop(vma);
}
