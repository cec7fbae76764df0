// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks are not tried for reading in one scope side by side.
//@lock: i_mmap_trylock_read

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let first = nothing.i_mmap_trylock_read(a);
    let _second = nothing.i_mmap_trylock_read(b); //~ E0499
    drop(first);
}
