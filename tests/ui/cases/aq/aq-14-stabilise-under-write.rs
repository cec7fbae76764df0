// SPDX-License-Identifier: GPL-2.0-only
// AQ-14: what may fall back to the mmap lock is not called by who holds it.
//@lock: mmap_write_lock

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mm = ctx.mmap_write_lock();
    let start = ctx.stabilise(addr)?.start(); //~ E0499
    drop(mm);
    Ok(start)
}
