// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no reference to a field outlives the guard that stabilises the VMA.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn name_len(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let vma = ctx.stabilise(addr)?;
    let name = vma.anon_name().ok_or(EINVAL)?;
    let len = name.to_bytes().len();
    drop(vma);
    Ok(len)
}
