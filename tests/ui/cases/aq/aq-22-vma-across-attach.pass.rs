// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no VMA reference lives where the tree changes.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}, vma::Vma};

fn add(mm: &mut MmGuard<'_, Write>, new: DetachedVma<'_>, addr: usize) -> Result<usize> {
    let old: Vma<'_, Write> = mm.vma_lookup(addr).ok_or(EFAULT)?;
    let end = old.end();
    let vma = new.attach(mm).map_err(|(_, err)| err)?;
    Ok(vma.start() - end)
}
