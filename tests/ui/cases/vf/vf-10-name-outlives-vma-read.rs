// SPDX-License-Identifier: GPL-2.0-only
// VF-10: the anonymous name is counted, and not read after the lock is dropped.
//@lock: stabilise

use kernel::prelude::*;
use mmguard::order::LockContext;

fn name_len(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let name = ctx.stabilise(addr)?.anon_name().ok_or(EINVAL)?; //~ E0716
    Ok(name.to_bytes().len())
}
