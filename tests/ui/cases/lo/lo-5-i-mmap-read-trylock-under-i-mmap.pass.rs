// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level are not taken together, in no form.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{order::NothingHeld, rmap::i_mmap::{i_mmap_lock_read, i_mmap_trylock_read}};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    drop(i_mmap_lock_read(nothing, a));
    let _other = i_mmap_trylock_read(nothing, b);
}
