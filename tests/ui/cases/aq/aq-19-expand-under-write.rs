// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: a stack grows from the mmap lock shared, which is dropped on the way.
//@in-tree
//@lock: mmap lock

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, mmap::{MmGuard, Write}};

fn grow(mm: MmGuard<'_, Write>, addr: usize) -> Result<usize> {
    let mm = expand_stack(mm, addr)?; //~ E0277
    Ok(mm.vmas(addr).count())
}
