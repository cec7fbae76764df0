// SPDX-License-Identifier: GPL-2.0-only
// RM-1: the guard of the rmap locks is kept.
//@in-tree
//@check-pass

use mmguard::{builtin::rmap::VmaWriteAllGuard, vma::lock::VmaWriteGuard};

fn lock(vma: &mut VmaWriteGuard<'_>) {
    let _vma = VmaWriteAllGuard::lock(vma);
}
