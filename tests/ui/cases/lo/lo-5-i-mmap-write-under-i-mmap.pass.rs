// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level are not taken together, in no form.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) {
    drop(nothing.i_mmap_lock_read(a));
    let _other = nothing.i_mmap_lock_write(b);
}
