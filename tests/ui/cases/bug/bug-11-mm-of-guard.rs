// SPDX-License-Identifier: GPL-2.0-only
// BUG-11: a mmap guard does not give its mm away, whose lock methods reach past the guard.
//@lock: mmap_write_lock

use mmguard::order::LockContext;

fn visit(ctx: &mut LockContext<'_>) {
    drop(ctx.mmap_write_lock().mm().mmap_read_lock()); //~ E0624
}
