// SPDX-License-Identifier: GPL-2.0-only
// PT-4: the tables of a VMA are not freed, its write lock notwithstanding.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn free(vma: VmaWriteGuard<'_>) -> usize {
    vma.free_pgtables(); //~ E0599
    vma.start()
}
