// SPDX-License-Identifier: GPL-2.0-only
// LO-3: a VMA is not allocated under a lock that reclaim takes.
//@in-tree
//@check-pass

use kernel::{fs::LocalFile, mm::{virt::flags, MmWithUser}, prelude::*};
use mmguard::{builtin::detached::DetachedVma, order::NothingHeld, rmap::i_mmap::i_mmap_lock_write};

fn new(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) -> Result {
    drop(DetachedVma::new(nothing, mm, 0..4096, flags::NONE)?);
    let i_mmap = i_mmap_lock_write(nothing, file);
    drop(i_mmap);
    Ok(())
}
