// SPDX-License-Identifier: GPL-2.0-only
// PT-4: the tables of a VMA are not freed, its write lock notwithstanding.
//@check-pass

use mmguard::vma::lock::VmaWriteGuard;

fn free(vma: VmaWriteGuard<'_>) -> usize {
    vma.start()
}
