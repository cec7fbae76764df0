// SPDX-License-Identifier: GPL-2.0-only
// BUG-1: CVE-2023-3269, StackRot: a stack that grew under the mmap read lock.
//@in-tree
//@lock: MmGuard<'_, Downgraded>

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, mmap::{MmGuard, Read}};

fn grow(mm: MmGuard<'_, Read>, addr: usize) -> Result<MmGuard<'_, Read>> {
    expand_stack(mm, addr) //~ E0308
}
