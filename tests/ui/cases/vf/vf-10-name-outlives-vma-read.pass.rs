// SPDX-License-Identifier: GPL-2.0-only
// VF-10: the anonymous name is counted, and not read after the lock is dropped.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn name_len(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.stabilise(addr)?;
    let name = vma.anon_name().ok_or(EINVAL)?;
    Ok(name.to_bytes().len())
}
