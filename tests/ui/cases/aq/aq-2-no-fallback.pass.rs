// SPDX-License-Identifier: GPL-2.0-only
// AQ-2: who tries for a VMA read lock has a fallback, as it may fail.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.stabilise(addr)?;
    Ok(vma.start())
}
