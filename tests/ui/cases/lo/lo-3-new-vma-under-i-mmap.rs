// SPDX-License-Identifier: GPL-2.0-only
// LO-3: a VMA is not allocated under a lock that reclaim takes.
//@in-tree
//@lock: FolioLock

use kernel::{fs::LocalFile, mm::{virt::flags, MmWithUser}, prelude::*};
use mmguard::{detached::DetachedVma, LockScope, NothingHeld};

fn new(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) -> Result {
    let mut i_mmap = nothing.i_mmap_lock_write(file);
    drop(DetachedVma::new(&mut i_mmap, mm, 0..4096, flags::NONE)?); //~ E0277
    drop(i_mmap);
    Ok(())
}
