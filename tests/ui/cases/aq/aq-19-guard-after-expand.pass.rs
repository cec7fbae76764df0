// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: growing a stack drops the mmap lock that it came with.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, mmap::{MmGuard, Read}};

fn grow(mm: MmGuard<'_, Read>, addr: usize) -> Result<usize> {
    let mm = expand_stack(mm, addr)?;
    Ok(mm.vmas(addr).count())
}
