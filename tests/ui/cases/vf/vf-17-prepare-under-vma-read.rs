// SPDX-License-Identifier: GPL-2.0-only
// VF-17: an `anon_vma` is set under the mmap lock: a VMA lock is not enough.
//@in-tree
//@lock: VmaReadGuard

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::anon_vma_prepare, vma::lock::VmaReadGuard};

fn prepare(vma: &mut VmaReadGuard<'_>, addr: usize) -> Result {
    anon_vma_prepare(vma, addr) //~ E0308
}
