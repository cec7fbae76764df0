// SPDX-License-Identifier: GPL-2.0-only
// LO-5: the mmap locks of two address spaces are taken together by the nested form alone.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::mmap::{MmGuard, Write};

fn lock(parent: &mut MmGuard<'_, Write>, child: &MmWithUser) -> Result {
    let (_parent, _child) = parent.mmap_write_lock_nested(child)?;
    Ok(())
}
