// SPDX-License-Identifier: GPL-2.0-only
// LS-9: a VMA that was found through an `anon_vma` is none that was found through a file.
//@in-tree
//@check-pass

use mmguard::{builtin::anon_vma::{AnonVma, AnonVmaGuard}, rmap::i_mmap::RmapRead, vma::Vma};

fn size(vma: &Vma<'_, AnonVma>) -> usize {
    vma.end() - vma.start()
}

fn first(guard: &AnonVmaGuard<'_, RmapRead>) -> Option<usize> {
    let vma = guard.vmas(0..=0).next()?;
    Some(size(&vma))
}
