// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: the tree is changed under the mmap write lock.
//@in-tree
//@lock: MmGuard<'_, Downgraded>

use kernel::prelude::*;
use mmguard::{builtin::detached::munmap, mmap::{Downgraded, MmGuard}};

fn unmap(mm: &mut MmGuard<'_, Downgraded>, addr: usize) -> Result {
    munmap(mm, addr..addr + 4096) //~ E0308
}
