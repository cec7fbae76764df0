// SPDX-License-Identifier: GPL-2.0-only
// RM-1: an rmap lock that is held for reading is none for writing.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::{i_mmap_lock_write, IMmapGuard, RmapWrite}};

fn change(_: &IMmapGuard<'_, RmapWrite>) {}

fn lock(file: &LocalFile) {
    change(&i_mmap_lock_write(&mut NothingHeld::new(), file));
}
