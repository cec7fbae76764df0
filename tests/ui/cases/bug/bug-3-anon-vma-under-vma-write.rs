// SPDX-License-Identifier: GPL-2.0-only
// BUG-3: upstream d8ab9f7b644a: `anon_vma` is not set while a handle of the VMA says that there is none.
//@in-tree
//@lock: vma_start_write

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::anon_vma_prepare, mmap::{MmGuard, Write}};

fn prepare(mm: &mut MmGuard<'_, Write>, addr: usize) -> Result<bool> {
    let vma = mm.vma_start_write(addr)?;
    anon_vma_prepare(mm, addr)?; //~ E0499
    Ok(vma.has_anon_vma())
}
