// SPDX-License-Identifier: GPL-2.0-only
// BUG-3: upstream d8ab9f7b644a: `anon_vma` is set under the mmap lock, not under a VMA lock.
//@in-tree
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::anon_vma_prepare, vma::lock::VmaReadGuard};

fn prepare(vma: &mut VmaReadGuard<'_>, addr: usize) -> Result {
    anon_vma_prepare(vma, addr) //~ E0308
}
