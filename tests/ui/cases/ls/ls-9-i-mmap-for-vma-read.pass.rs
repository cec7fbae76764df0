// SPDX-License-Identifier: GPL-2.0-only
// LS-9: a VMA that was found through its file is no VMA that was found in its mm.
//@in-tree
//@check-pass

use mmguard::{builtin::rmap::{mapping_vmas, IMmap}, rmap::i_mmap::{IMmapGuard, RmapRead}, vma::Vma};

fn size(vma: &Vma<'_, IMmap>) -> usize {
    vma.end() - vma.start()
}

fn first(guard: &IMmapGuard<'_, RmapRead>) -> Option<usize> {
    let vma = mapping_vmas(guard, 0..=0).next()?;
    Some(size(&vma))
}
