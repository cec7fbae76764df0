// SPDX-License-Identifier: GPL-2.0-only
// LC-1: detaching changes the tree, and ends what was found in it.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::munmap, mmap::{MmGuard, Write}};

fn detach(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result<usize> {
    let start = mm.vma_start_write(addr)?.start();
    munmap(mm, addr..addr + 0x1000)?;
    Ok(start)
}
