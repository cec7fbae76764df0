// SPDX-License-Identifier: GPL-2.0-only
// PT-5: page tables are not moved, the write lock of their VMA notwithstanding.
//@lock: VmaWriteGuard

use mmguard::vma::lock::VmaWriteGuard;

fn shift(vma: VmaWriteGuard<'_>) -> usize {
    vma.move_ptes(vma.end()); //~ E0599
    vma.start()
}
