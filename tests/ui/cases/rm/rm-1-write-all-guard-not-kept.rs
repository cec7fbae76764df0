// SPDX-License-Identifier: GPL-2.0-only
// RM-1: the guard of the rmap locks is kept.
//@in-tree
//@lock: VmaWriteAllGuard

use mmguard::{builtin::rmap::VmaWriteAllGuard, vma::lock::VmaWriteGuard};

fn lock(vma: &mut VmaWriteGuard<'_>) {
    VmaWriteAllGuard::lock(vma); //~ unused_must_use
}
