// SPDX-License-Identifier: GPL-2.0-only
// BUG-3: upstream d8ab9f7b644a: `anon_vma` is set under the mmap lock, not under a VMA lock.
//@in-tree
//@check-pass

use kernel::prelude::*;
use mmguard::{builtin::anon_vma::anon_vma_prepare, vma::lock::VmaReadGuard};

fn prepare(vma: &mut VmaReadGuard<'_>, addr: usize) -> Result {
    let mut mm = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    anon_vma_prepare(&mut mm, addr)
}
