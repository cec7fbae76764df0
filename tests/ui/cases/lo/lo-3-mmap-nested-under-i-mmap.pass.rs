// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under `i_mmap_rwsem`, in no form.
//@check-pass

use kernel::{fs::LocalFile, mm::MmWithUser, prelude::*};
use mmguard::{order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_read};

fn f(nothing: &mut NothingHeld, a: &MmWithUser, b: &MmWithUser, file: &LocalFile) -> Result {
    drop(i_mmap_lock_read(nothing, file));
    let mut ctx = nothing.context(a);
    drop(ctx.mmap_write_lock_nested(b)?);
    Ok(())
}
