// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: the nested form takes a second mm's write lock under the write lock of a first.
//@lock: mmap_write_lock_nested

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{mmap::{MmGuard, Read}, order::LockContext};

fn f(_: &mut LockContext<'_>, outer: &mut MmGuard<'_, Read>, child: &MmWithUser) -> Result {
    drop(outer.mmap_write_lock_nested(child)?); //~ E0599
    Ok(())
}
