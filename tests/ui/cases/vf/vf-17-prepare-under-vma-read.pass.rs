// SPDX-License-Identifier: GPL-2.0-only
// VF-17: an `anon_vma` is set under the mmap lock: a VMA lock is not enough.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::anon_vma_prepare, mmap::{MmGuard, Read}};

fn prepare(mm: &mut MmGuard<'_, Read>, addr: usize) -> Result {
    anon_vma_prepare(mm, addr)
}
