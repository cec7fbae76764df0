// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks are not taken in one scope side by side, for reading either.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::i_mmap_lock_read};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let first = i_mmap_lock_read(nothing, a);
    drop(first);
    let _second = i_mmap_lock_read(nothing, b);
}
