// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks are not taken in one scope side by side.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::i_mmap_lock_write};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let _first = i_mmap_lock_write(nothing, a);
    drop(_first);
    let _second = i_mmap_lock_write(nothing, b);
}
