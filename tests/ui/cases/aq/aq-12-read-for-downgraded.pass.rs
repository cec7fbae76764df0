// SPDX-License-Identifier: GPL-2.0-only
// AQ-12: what relies on two downgraded holders excluding each other takes no reader.
//@check-pass

use mmguard::{mmap::{Downgraded, MmGuard}, order::LockContext};

fn free_tables(_mm: &MmGuard<'_, Downgraded>) {}

fn f(ctx: &mut LockContext<'_>) {
    let mm = ctx.mmap_write_lock().downgrade();
    free_tables(&mm);
}
