// SPDX-License-Identifier: GPL-2.0-only
// AQ-20: what was read without a lock is not looked at before the retry check.
//@check-pass

use mmguard::order::LockContext;

fn is_empty(ctx: &LockContext<'_>) -> Option<bool> {
    let first = ctx.mmap_lock_speculate(|s| s.first_vma_range(0));
    first.map(|first| first.is_none())
}
