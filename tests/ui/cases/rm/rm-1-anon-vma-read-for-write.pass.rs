// SPDX-License-Identifier: GPL-2.0-only
// RM-1: an rmap lock that is held for reading is none for writing.
//@in-tree
//@check-pass

use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::RmapWrite, vma::lock::VmaReadGuard};

fn change(_: AnonVmaGuard<'_, RmapWrite>) {}

fn lock(vma: &mut VmaReadGuard<'_>) {
    let anon_vma = AnonVmaGuard::<RmapWrite>::lock(vma);
    anon_vma.map(|anon_vma| change(anon_vma));
}
