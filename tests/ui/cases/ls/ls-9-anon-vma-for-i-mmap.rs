// SPDX-License-Identifier: GPL-2.0-only
// LS-9: a VMA that was found through an `anon_vma` is none that was found through a file.
//@in-tree
//@lock: AnonVma

use mmguard::{builtin::{anon_vma::AnonVmaGuard, rmap::IMmap}, rmap::i_mmap::RmapRead, vma::Vma};

fn size(vma: &Vma<'_, IMmap>) -> usize {
    vma.end() - vma.start()
}

fn first(guard: &AnonVmaGuard<'_, RmapRead>) -> Option<usize> {
    let vma = guard.vmas(0..=0).next()?;
    Some(size(&vma)) //~ E0308
}
