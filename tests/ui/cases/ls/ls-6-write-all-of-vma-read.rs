// SPDX-License-Identifier: GPL-2.0-only
// LS-6: the rmap write locks are taken for a VMA that is write-locked.
//@in-tree
//@lock: VmaReadGuard

use mmguard::{builtin::rmap::VmaWriteAllGuard, vma::lock::VmaReadGuard};

fn size(vma: &mut VmaReadGuard<'_>) -> usize {
    let vma = VmaWriteAllGuard::lock(vma); //~ E0308
    vma.end() - vma.start()
}
