// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under `i_mmap_rwsem`.
//@check-pass

use kernel::{fs::LocalFile, mm::MmWithUser};
use mmguard::{order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_read};

fn lock(nothing: &mut NothingHeld, mm: &MmWithUser, file: &LocalFile) {
    let mut ctx = nothing.context(mm);
    let mut mm = ctx.mmap_read_lock();
    let _i_mmap = i_mmap_lock_read(&mut mm, file);
}
