// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under `i_mmap_rwsem`, in no form.
//@lock: MmapLock

use kernel::{fs::LocalFile, mm::MmWithUser};
use mmguard::{mmap::{MmGuard, Write}, order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_read};

fn lock(nothing: &mut NothingHeld, outer: &MmGuard<'_, Write>, mm: &MmWithUser, file: &LocalFile) {
    let mut i_mmap = i_mmap_lock_read(nothing, file);
    let mut ctx = i_mmap.context(mm);
    let _mm = ctx.mmap_write_lock_nested(outer); //~ E0277
}
