// SPDX-License-Identifier: GPL-2.0-only
// RM-1: the guard of an rmap lock is kept.
//@lock: IMmapGuard

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(file: &LocalFile) {
    let mut nothing = NothingHeld::new();
    nothing.i_mmap_lock_read(file); //~ unused_must_use
}
