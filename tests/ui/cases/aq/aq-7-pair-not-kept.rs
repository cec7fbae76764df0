// SPDX-License-Identifier: GPL-2.0-only
// AQ-7: a pair that is not kept releases its locks at once.
//@lock: VmaPair

use kernel::prelude::*;
use mmguard::order::LockContext;

fn lock(ctx: &mut LockContext<'_>, a: usize, b: usize) -> Result {
    ctx.lock_vma_pair(a, b)?; //~ unused_must_use
    Ok(())
}
