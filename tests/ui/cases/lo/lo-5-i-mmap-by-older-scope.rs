// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a lock is not taken in a scope that is older than a lock after it.
//@lock: i_mmap_lock_write

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let (_, mut scope) = nothing.split();
    let _first = nothing.i_mmap_lock_write(a); //~ E0499
    let _second = scope.i_mmap_lock_write(b);
}
