// SPDX-License-Identifier: GPL-2.0-only
// LO-5: a lock is not taken in a scope that is older than a lock after it.
//@lock: i_mmap_lock_write

use kernel::fs::LocalFile;
use mmguard::{order::{LockScope, NothingHeld}, rmap::i_mmap::i_mmap_lock_write};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    let (_, mut scope) = nothing.split();
    let _first = i_mmap_lock_write(nothing, a); //~ E0499
    let _second = i_mmap_lock_write(&mut scope, b);
}
