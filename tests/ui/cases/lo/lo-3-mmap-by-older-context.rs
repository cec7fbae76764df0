// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken by a context that is older than a lock after it.
//@lock: i_mmap_lock_read

use kernel::{fs::LocalFile, mm::MmWithUser};
use mmguard::{order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_read};

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) {
    let mut ctx = nothing.context(mm);
    let _i_mmap = i_mmap_lock_read(nothing, file); //~ E0499
    let _mm = ctx.mmap_read_lock();
}
