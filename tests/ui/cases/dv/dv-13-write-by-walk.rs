// SPDX-License-Identifier: GPL-2.0-only
// DV-13: user memory is not accessed in the scope of a walk while it has the lock of a VMA.
//@lock: walk_vmas

use kernel::prelude::*;
use mmguard::order::{uaccess::OrderedUserSliceWriter, LockContext};

fn ioctl(ctx: &mut LockContext<'_>, user: &mut OrderedUserSliceWriter) -> Result {
    let mut walk_vmas = ctx.walk_vmas(0);
    let vma = walk_vmas.next_vma()?.ok_or(ENOENT)?;
    let start = vma.start();
    user.write(&mut walk_vmas, &start)?; //~ E0499
    drop(vma);
    Ok(())
}
