// SPDX-License-Identifier: GPL-2.0-only
// LS-9: the type of a VMA says which lock holds it, and no conversion erases that.
//@check-pass

use mmguard::{mmap::{MmGuard, Read}, vma::Vma};

fn size(vma: &Vma<'_, Read>) -> usize {
    vma.end() - vma.start()
}

fn first(mm: &MmGuard<'_, Read>) -> Option<usize> {
    let vma = mm.vmas(0).next()?;
    Some(size(&vma))
}
