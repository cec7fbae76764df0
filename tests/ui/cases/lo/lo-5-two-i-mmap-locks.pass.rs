// SPDX-License-Identifier: GPL-2.0-only
// LO-5: two locks of one level are not taken together.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{LockScope, NothingHeld};

fn lock(nothing: &mut NothingHeld, a: &LocalFile, b: &LocalFile) -> bool {
    nothing.i_mmap_lock_read(a).is_mapped() && nothing.i_mmap_lock_read(b).is_mapped()
}
