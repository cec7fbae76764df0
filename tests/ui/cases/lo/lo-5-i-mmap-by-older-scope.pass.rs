// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a lock is not taken in a scope that is older than a lock after it.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    drop(nothing.i_mmap_lock_write(a));
    let (_, mut scope) = nothing.split();
    let _second = scope.i_mmap_lock_write(b);
}
