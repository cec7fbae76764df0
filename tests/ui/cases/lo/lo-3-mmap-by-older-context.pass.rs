// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken by a context that is older than a lock after it.
//@check-pass

use kernel::{fs::LocalFile, mm::MmWithUser};
use mmguard::{order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_read};

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) {
    drop(i_mmap_lock_read(nothing, file));
    let mut ctx = nothing.context(mm);
    let _mm = ctx.mmap_read_lock();
}
