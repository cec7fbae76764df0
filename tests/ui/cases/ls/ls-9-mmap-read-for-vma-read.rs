// SPDX-License-Identifier: GPL-2.0-only
// LS-9: the type of a VMA says which lock holds it, and no conversion erases that.
//@lock: VmaRead

use mmguard::{mmap::{MmGuard, Read}, vma::{lock::VmaRead, Vma}};

fn size(vma: &Vma<'_, VmaRead>) -> usize {
    vma.end() - vma.start()
}

fn first(mm: &MmGuard<'_, Read>) -> Option<usize> {
    let vma = mm.vmas(0).next()?;
    Some(size(&vma)) //~ E0308
}
