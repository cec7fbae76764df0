// SPDX-License-Identifier: GPL-2.0-only
// PT-5: page tables are not moved, all locks notwithstanding.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn shift(vma: VmaWriteAllGuard<'_>) -> usize {
    vma.move_ptes(vma.end()); //~ E0599
    vma.start()
}
