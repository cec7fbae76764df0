// SPDX-License-Identifier: GPL-2.0-only
// RM-6: what keeps an `anon_vma` allocated stays while its lock is held, by the try form too.
//@in-tree
//@check-pass

use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::RmapRead, vma::lock::VmaReadGuard};

fn lock(mut vma: VmaReadGuard<'_>) {
    let anon_vma = AnonVmaGuard::<RmapRead>::trylock(&mut vma);
    drop(anon_vma);
    drop(vma);
}
