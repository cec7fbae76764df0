// SPDX-License-Identifier: GPL-2.0-only
// PT-5: page tables are not moved, all locks notwithstanding.
//@in-tree
//@check-pass

use mmguard::builtin::rmap::VmaWriteAllGuard;

fn shift(vma: VmaWriteAllGuard<'_>) -> usize {
    vma.start()
}
