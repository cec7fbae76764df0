// SPDX-License-Identifier: GPL-2.0-only
// AQ-22: no VMA reference lives where the tree changes.
//@in-tree
//@lock: Vma<'_, Write>

use kernel::prelude::*;
use mmguard::{builtin::detached::DetachedVma, mmap::{MmGuard, Write}, vma::Vma};

fn add(mm: &mut MmGuard<'_, Write>, new: DetachedVma<'_>, addr: usize) -> Result<usize> {
    let old: Vma<'_, Write> = mm.vma_lookup(addr).ok_or(EFAULT)?;
    let vma = new.attach(mm).map_err(|(_, err)| err)?; //~ E0502
    Ok(vma.start() - old.end())
}
