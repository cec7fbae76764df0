// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level are not taken together, in no form.
//@lock: IMmapRwsem

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::{i_mmap_lock_read, i_mmap_lock_write}};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let mut i_mmap = i_mmap_lock_read(nothing, a);
    let _other = i_mmap_lock_write(&mut i_mmap, b); //~ E0277
}
