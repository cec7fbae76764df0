// SPDX-License-Identifier: GPL-2.0-only
// LO-5: the mmap locks of two address spaces are taken together by the nested form alone.
//@lock: MmapLock

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{mmap::{MmGuard, Write}, order::LockScope};

fn lock(parent: &mut MmGuard<'_, Write>, child: &MmWithUser) -> Result {
    let mut child = parent.context(child);
    let _child = child.mmap_write_lock(); //~ E0277
    Ok(())
}
