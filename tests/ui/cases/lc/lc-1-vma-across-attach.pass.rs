// SPDX-License-Identifier: GPL-2.0-only
// LC-1: attaching changes the tree, and ends what was found in it.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn attach(mm: &mut MmGuard<'_, Write>, new: DetachedVma<'_>, addr: usize) -> Result<usize> {
    let start = mm.vma_start_write(addr)?.start();
    let _new = new.attach(mm).map_err(|(_, err)| err)?;
    Ok(start)
}
