// SPDX-License-Identifier: GPL-2.0-only
// AQ-23: a guard that is not kept releases the lock at once; leaking it is legal.
//@lock: MmGuard

use mmguard::order::LockContext;

fn lock(ctx: &mut LockContext<'_>) {
    ctx.mmap_write_lock(); //~ unused_must_use
}
