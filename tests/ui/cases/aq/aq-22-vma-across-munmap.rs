// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no VMA reference lives where the tree changes.
//@in-tree
//@lock: Vma<'_, Write>

use kernel::prelude::*;
use mmguard::{builtin::detached::munmap, mmap::{MmGuard, Write}, vma::Vma};

fn unmap(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result<usize> {
    let vma: Vma<'_, Write> = mm.vma_lookup(addr).ok_or(EFAULT)?;
    munmap(mm, addr..addr + 4096)?; //~ E0502
    Ok(vma.end())
}
