// SPDX-License-Identifier: GPL-2.0-only
// RC-2: which mm a VMA is of is no decision before it is locked.
//@check-pass

use kernel::{mm::Mm, prelude::*};
use mmguard::order::LockContext;

fn check(ctx: &mut LockContext<'_>, mm: &Mm, addr: usize) -> Result {
    if !ctx.stabilise(addr)?.belongs_to(mm) {
        return Err(EAGAIN);
    }
    Ok(())
}
