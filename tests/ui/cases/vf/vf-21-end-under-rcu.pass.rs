// SPDX-License-Identifier: GPL-2.0-only
// VF-21: no range is read under RCU alone: a freed VMA has the allocator's pointer there.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn end(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    Ok(ctx.stabilise(addr)?.end())
}
