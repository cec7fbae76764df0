// SPDX-License-Identifier: GPL-2.0-only
// LC-1: attaching changes the tree, and ends what was found in it.
//@in-tree
//@lock: vma_start_write

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn attach(mm: &mut MmGuard<'_, Write>, new: DetachedVma<'_>, addr: usize) -> Result<usize> {
    let vma = mm.vma_start_write(addr)?;
    let _new = new.attach(mm).map_err(|(_, err)| err)?; //~ E0499
    Ok(vma.start())
}
