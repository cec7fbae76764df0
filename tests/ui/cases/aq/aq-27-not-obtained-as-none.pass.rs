// SPDX-License-Identifier: GPL-2.0-only
// AQ-27: "not obtained" does not mean that there is no VMA.
//@check-pass

use mmguard::order::LockContext;

fn start(ctx: &mut LockContext<'_>, addr: usize) -> Option<usize> {
    let vma = ctx.stabilise(addr).ok()?;
    Some(vma.start())
}
