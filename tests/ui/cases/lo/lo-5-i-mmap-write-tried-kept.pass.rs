// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks are not tried for writing in one scope side by side.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let first = nothing.i_mmap_trylock_write(a);
    drop(first);
    let _second = nothing.i_mmap_trylock_write(b);
}
