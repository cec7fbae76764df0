// SPDX-License-Identifier: GPL-2.0-only
// AQ-6: the mmap lock is not waited for while a VMA read lock of the mm is held.
//@in-tree
//@lock: ReadBesideVma

use kernel::prelude::*;
use mmguard::{builtin::stack::expand_stack, vma::lock::VmaReadGuard};

fn grow(vma: &VmaReadGuard<'_>, addr: usize) -> Result<usize> {
    let mm = vma.mmap_read_trylock().ok_or(EAGAIN)?;
    let mm = expand_stack(mm, addr)?; //~ E0277
    Ok(mm.vmas(addr).count())
}
