// SPDX-License-Identifier: GPL-2.0-only
// PT-5: page tables are not moved, the write lock of their VMA notwithstanding.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn shift(vma: VmaWriteGuard<'_>) -> usize {
    vma.start()
}
