// SPDX-License-Identifier: GPL-2.0-only
// RM-3: a VMA that was found through an `anon_vma` is gone with its lock.
//@in-tree
//@lock: AnonVmaGuard

use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::RmapRead, vma::lock::VmaReadGuard};

fn start(vma: &mut VmaReadGuard<'_>) -> Option<usize> {
    let anon_vma = AnonVmaGuard::<RmapRead>::lock(vma)?;
    let other = anon_vma.vmas(0..=0).next()?;
    drop(anon_vma); //~ E0505
    Some(other.start())
}
