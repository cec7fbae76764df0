// SPDX-License-Identifier: GPL-2.0-only
// AQ-19: no VMA reference lives on when a stack grows: the mmap lock is dropped on the way.
//@in-tree
//@lock: MmGuard<'_, Read>

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, mmap::{MmGuard, Read}};

fn grow(mm: MmGuard<'_, Read>, addr: usize) -> Result<usize> {
    let vma = mm.vmas(addr).next().ok_or(EFAULT)?;
    let _mm = expand_stack(mm, addr)?; //~ E0505
    Ok(vma.end())
}
