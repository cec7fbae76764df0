// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@lock: StableGuard

use kernel::prelude::*;
use mmguard::order::LockContext;

fn lock(ctx: &mut LockContext<'_>, addr: usize) -> Result {
    ctx.stabilise(addr)?; //~ unused_must_use
    Ok(())
}
