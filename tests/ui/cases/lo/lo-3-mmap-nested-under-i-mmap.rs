// SPDX-License-Identifier: GPL-2.0-only
// LO-3: the mmap lock is not taken under `i_mmap_rwsem`, in no form.
//@lock: i_mmap_lock_read

use kernel::{fs::LocalFile, mm::MmWithUser, prelude::*};
use mmguard::{mmap::{MmGuard, Write}, rmap::i_mmap::i_mmap_lock_read};

fn lock(outer: &mut MmGuard<'_, Write>, mm: &MmWithUser, file: &LocalFile) -> Result {
    let i_mmap = i_mmap_lock_read(outer, file);
    let both = outer.mmap_write_lock_nested(mm)?; //~ E0499
    drop(i_mmap);
    drop(both);
    Ok(())
}
