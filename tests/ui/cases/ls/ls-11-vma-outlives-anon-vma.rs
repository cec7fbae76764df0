// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the `anon_vma` lock that it was found under.
//@in-tree
//@lock: AnonVmaGuard

use mmguard::{builtin::anon_vma::AnonVmaGuard, rmap::i_mmap::RmapRead};

fn first(anon_vma: AnonVmaGuard<'_, RmapRead>) -> Option<usize> {
    let vma = anon_vma.vmas(0..=0).next()?;
    drop(anon_vma); //~ E0505
    Some(vma.start())
}
