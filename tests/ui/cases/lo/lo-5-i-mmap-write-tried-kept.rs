// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks are not tried for writing in one scope side by side.
//@lock: i_mmap_trylock_write

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::i_mmap_trylock_write};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let first = i_mmap_trylock_write(nothing, a);
    let _second = i_mmap_trylock_write(nothing, b); //~ E0499
    drop(first);
}
