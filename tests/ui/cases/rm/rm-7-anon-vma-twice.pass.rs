// SPDX-License-Identifier: GPL-2.0-only
// RM-7: the lock of an `anon_vma` is not taken twice under one VMA.
//@in-tree
//@check-pass

use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::RmapRead, vma::lock::VmaReadGuard};

fn lock(vma: &mut VmaReadGuard<'_>) -> bool {
    let first = AnonVmaGuard::<RmapRead>::lock(vma);
    let second = &first;
    first.is_some() && second.is_some()
}
