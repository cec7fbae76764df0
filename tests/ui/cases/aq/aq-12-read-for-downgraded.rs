// SPDX-License-Identifier: GPL-2.0-only
// AQ-12: what relies on two downgraded holders excluding each other takes no reader.
//@lock: MmGuard<'_, Downgraded>

use mmguard::{mmap::{Downgraded, MmGuard}, order::LockContext};

fn free_tables(_mm: &MmGuard<'_, Downgraded>) {}

fn f(ctx: &mut LockContext<'_>) {
    let mm = ctx.mmap_read_lock();
    free_tables(&mm); //~ E0308
}
