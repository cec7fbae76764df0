// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level are not taken together.
//@lock: IMmapRwsem

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) -> bool {
    nothing.i_mmap_lock_read(a).i_mmap_lock_read(b).is_mapped() //~ E0277
}
