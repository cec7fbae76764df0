// SPDX-License-Identifier: GPL-2.0-only
// PT-4: the tables of a VMA are not freed, all locks notwithstanding.
//@in-tree
//@check-pass

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn free(vma: VmaWriteAllGuard<'_>) -> usize {
    vma.start()
}
