// SPDX-License-Identifier: GPL-2.0-only
// VF-17: while an `anon_vma` is set, no reference to a VMA of the mm lives.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::anon_vma_prepare, mmap::{MmGuard, Read}, vma::Vma};

fn prepare(mm: &mut MmGuard<'_, Read>, addr: usize) -> Result<bool> {
    anon_vma_prepare(mm, addr)?;
    let vma: Vma<'_, Read> = mm.vma_lookup(addr).ok_or(EFAULT)?;
    Ok(vma.has_anon_vma())
}
