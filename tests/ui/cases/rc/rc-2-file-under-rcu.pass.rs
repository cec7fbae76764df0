// SPDX-License-Identifier: GPL-2.0-only
// RC-2: whether a VMA maps a file is asked after it is locked.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn has_file(ctx: &mut LockContext<'_>, addr: usize) -> Result<bool> {
    Ok(ctx.stabilise(addr)?.has_file())
}
