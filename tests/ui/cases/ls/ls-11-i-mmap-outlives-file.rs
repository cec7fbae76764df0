// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no lock of a file's mapping outlives the file.
//@lock: i_mmap_lock_read

use kernel::{fs::LocalFile, sync::aref::ARef};
use mmguard::{order::NothingHeld, rmap::i_mmap::{i_mmap_lock_read, IMmapGuard, RmapRead}};

fn lock(none: &mut NothingHeld, file: ARef<LocalFile>) -> IMmapGuard<'_, RmapRead> {
    i_mmap_lock_read(none, &file) //~ E0515
}
