// SPDX-License-Identifier: GPL-2.0-only
// VF-7: the path of a VMA's file is in the caller's buffer, and not kept for longer.
//@check-pass

use kernel::prelude::*;
use mmguard::order::LockContext;

fn path_len(ctx: &mut LockContext<'_>, addr: usize) -> Result<usize> {
    let mut buf = [0; 64];
    let path = ctx.stabilise(addr)?.file_path(&mut buf)?;
    Ok(path.ok_or(ENOENT)?.to_bytes().len())
}
