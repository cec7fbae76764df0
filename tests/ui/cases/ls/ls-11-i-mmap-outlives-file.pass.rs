// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no lock of a file's mapping outlives the file.
//@check-pass

use kernel::{fs::LocalFile, sync::aref::ARef};
use mmguard::{order::NothingHeld, rmap::i_mmap::{i_mmap_lock_read, IMmapGuard, RmapRead}};

fn lock<'a>(none: &'a mut NothingHeld, file: &'a ARef<LocalFile>) -> IMmapGuard<'a, RmapRead> {
    i_mmap_lock_read(none, file)
}
