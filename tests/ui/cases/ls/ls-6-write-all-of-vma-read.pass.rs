// SPDX-License-Identifier: GPL-2.0-only
// LS-6: the rmap write locks are taken for a VMA that is write-locked.
//@in-tree
//@check-pass

use mmguard::{builtin::rmap::VmaWriteAllGuard, vma::lock::VmaWriteGuard};

fn size(vma: &mut VmaWriteGuard<'_>) -> usize {
    let vma = VmaWriteAllGuard::lock(vma);
    vma.end() - vma.start()
}
