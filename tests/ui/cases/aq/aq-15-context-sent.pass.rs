// SPDX-License-Identifier: GPL-2.0-only
// AQ-15: locks are dropped by the task that took them, and so is the context for them.
//@check-pass

use mmguard::order::LockContext;

fn to_other_task(_: &dyn Send) {}

fn send(ctx: LockContext<'_>) {
    to_other_task(&ctx.mmap_lock_speculate(|s| s.first_vma_range(0)));
}
