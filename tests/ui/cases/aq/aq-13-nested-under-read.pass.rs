// SPDX-License-Identifier: GPL-2.0-only
// AQ-13: the nested form takes a second mm's write lock under the write lock of a first.
//@check-pass

use kernel::{mm::MmWithUser, prelude::*};
use mmguard::{mmap::{MmGuard, Read}, order::LockContext};

fn f(ctx: &mut LockContext<'_>, _: &mut MmGuard<'_, Read>, child: &MmWithUser) -> Result {
    drop(ctx.mmap_write_lock_nested(child)?);
    Ok(())
}
