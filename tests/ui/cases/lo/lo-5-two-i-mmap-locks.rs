// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level are not taken together.
//@lock: IMmapRwsem

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::i_mmap_lock_read};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) -> bool {
    i_mmap_lock_read(&mut i_mmap_lock_read(nothing, a), b).is_mapped() //~ E0277
}
