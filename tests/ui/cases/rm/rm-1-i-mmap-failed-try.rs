// SPDX-License-Identifier: GPL-2.0-only
// RM-1: the try form of an rmap lock that fails gives no guard.
//@lock: IMmapGuard

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::i_mmap_trylock_read};

fn is_mapped(nothing: &mut NothingHeld, file: &LocalFile) -> bool {
    let i_mmap = i_mmap_trylock_read(nothing, file);
    i_mmap.is_mapped() //~ E0599
}
