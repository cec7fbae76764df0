// SPDX-License-Identifier: GPL-2.0-only
// BUG-1: CVE-2023-3269, StackRot: a stack that grew under the mmap read lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, mmap::{Downgraded, MmGuard, Read}};

fn grow(mm: MmGuard<'_, Read>, addr: usize) -> Result<MmGuard<'_, Downgraded>> {
    expand_stack(mm, addr)
}
