// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: the tree is changed under the mmap write lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::munmap, mmap::{MmGuard, Write}};

fn unmap(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result {
    munmap(mm, addr..addr + 4096)
}
