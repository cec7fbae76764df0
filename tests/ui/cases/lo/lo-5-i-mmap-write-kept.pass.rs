// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks are not taken in one scope side by side.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let _first = nothing.i_mmap_lock_write(a);
    drop(_first);
    let _second = nothing.i_mmap_lock_write(b);
}
