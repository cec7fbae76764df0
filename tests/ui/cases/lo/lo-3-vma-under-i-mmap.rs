// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the VMA lock is not taken under `i_mmap_rwsem`.
//@lock: VmaLock

use kernel::{fs::LocalFile, mm::MmWithUser, prelude::*};
use mmguard::{order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_read};

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) -> Result {
    let mut i_mmap = i_mmap_lock_read(nothing, file);
    let mut ctx = i_mmap.context(mm);
    let _vma = ctx.lock_vma_under_rcu(0).map_err(|_| EAGAIN)?; //~ E0277
    Ok(())
}
