// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@check-pass

use mmguard::order::LockContext;

fn lock(ctx: &mut LockContext<'_>) {
    core::mem::forget(ctx.mmap_write_lock());
}
