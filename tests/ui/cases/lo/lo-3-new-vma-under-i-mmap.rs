// SPDX-License-Identifier: GPL-2.0-only
// LO-3: a VMA is not allocated under a lock that reclaim takes.
//@in-tree
//@lock: FolioLock

use kernel::{fs::LocalFile, mm::{virt::flags, MmWithUser}, prelude::*};
use mmguard::{builtin::detached::DetachedVma, order::NothingHeld, rmap::i_mmap::i_mmap_lock_write};

fn new(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) -> Result {
    let mut i_mmap = i_mmap_lock_write(nothing, file);
    drop(DetachedVma::new(&mut i_mmap, mm, 0..4096, flags::NONE)?); //~ E0277
    drop(i_mmap);
    Ok(())
}
