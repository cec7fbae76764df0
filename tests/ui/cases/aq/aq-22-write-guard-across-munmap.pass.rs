// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no VMA reference lives where the tree changes, that of a write lock neither.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::munmap, mmap::{MmGuard, Write}};

fn unmap(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result<usize> {
    let vma = mm.vma_start_write(addr)?;
    let size = vma.end() - vma.start();
    munmap(mm, addr..addr + 4096)?;
    Ok(size)
}
