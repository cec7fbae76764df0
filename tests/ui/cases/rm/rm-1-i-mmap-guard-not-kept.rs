// SPDX-License-Identifier: GPL-2.0-only
// RM-1: the guard of an rmap lock is kept.
//@lock: IMmapGuard

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::i_mmap_lock_read};

fn lock(file: &LocalFile) {
    let mut nothing = NothingHeld::new();
    i_mmap_lock_read(&mut nothing, file); //~ unused_must_use
}
