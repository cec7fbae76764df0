// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level are not taken together, in no form.
//@lock: IMmapRwsem

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let mut i_mmap = nothing.i_mmap_lock_read(a);
    let _other = i_mmap.i_mmap_trylock_read(b); //~ E0277
}
