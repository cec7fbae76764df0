// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: growing a stack comes back with the mmap lock downgraded, not read-locked.
//@in-tree
//@lock: MmGuard<'_, Downgraded>

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, mmap::{MmGuard, Read}};

fn grow(mm: MmGuard<'_, Read>, addr: usize) -> Result<MmGuard<'_, Read>> {
    expand_stack(mm, addr) //~ E0308
}
