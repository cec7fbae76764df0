// SPDX-License-Identifier: GPL-2.0-only
// PT-10: an entry does not outlast the unmapping of its VMA.
//@in-tree
//@lock: MmGuard

use kernel::prelude::*;
use mmguard::{builtin::detached::munmap, mmap::{MmGuard, Write}};

fn unmap(mm: &mut MmGuard<'_, Write>) -> Result<bool> {
    let vma = MmGuard::vma_lookup(mm, 0).ok_or(EFAULT)?;
    let pmd = vma.tables()?.pmd_entry(0).or(Err(ENOENT))?;
    munmap(mm, 0..4096)?; //~ E0502
    Ok(pmd.read_lockless().hint().is_leaf())
}
