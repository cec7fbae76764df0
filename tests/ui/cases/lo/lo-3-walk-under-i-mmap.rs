// SPDX-License-Identifier: GPL-2.0-only
// LO-3: no walk that takes the mmap lock is begun under `i_mmap_rwsem`.
//@lock: MmapLock

use kernel::{fs::LocalFile, mm::MmWithUser};
use mmguard::{order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_read};

fn walk(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) {
    let mut i_mmap = i_mmap_lock_read(nothing, file);
    let _walk = i_mmap.context(mm).walk_vmas(0); //~ E0277
}
