// SPDX-License-Identifier: GPL-2.0-only
// PT-4: the tables of a VMA are not freed, all locks notwithstanding.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn free(vma: VmaWriteAllGuard<'_>) -> usize {
    vma.free_pgtables(); //~ E0599
    vma.start()
}
