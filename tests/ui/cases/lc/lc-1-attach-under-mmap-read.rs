// SPDX-License-Identifier: GPL-2.0-only
// LC-1: a VMA is attached under the mmap write lock.
//@in-tree
//@lock: MmGuard<'_, Write>

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Read}};

fn attach(vma: DetachedVma<'_>, mm: &mut MmGuard<'_, Read>) -> Result {
    let _vma = vma.attach(mm).map_err(|(_, err)| err)?; //~ E0308
    Ok(())
}
