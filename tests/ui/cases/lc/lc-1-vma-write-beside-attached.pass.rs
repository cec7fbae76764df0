// SPDX-License-Identifier: GPL-2.0-only
// LC-1: what was attached is write-locked, and the mmap lock is not used meanwhile.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}};

fn attach(mm: &mut MmGuard<'_, Write>, new: DetachedVma<'_>, addr: usize) -> Result<usize> {
    let start = new.attach(mm).map_err(|(_, err)| err)?.start();
    let _other = mm.vma_start_write(addr)?;
    Ok(start)
}
