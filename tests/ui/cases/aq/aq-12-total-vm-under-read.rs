// SPDX-License-Identifier: GPL-2.0-only
// AQ-12: what relies on there being no other downgraded holder is not for a reader.
//@lock: mmap lock

use mmguard::order::LockContext;

fn pages(ctx: &mut LockContext<'_>) -> usize {
    let mm = ctx.mmap_read_lock();
    mm.total_vm() //~ E0277
}
