// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: growing a stack comes back with the mmap lock downgraded, not read-locked.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, mmap::{Downgraded, MmGuard, Read}};

fn grow(mm: MmGuard<'_, Read>, addr: usize) -> Result<MmGuard<'_, Downgraded>> {
    expand_stack(mm, addr)
}
