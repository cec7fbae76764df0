// SPDX-License-Identifier: GPL-2.0-only
// AQ-20: what was read without a lock is not looked at before the retry check.
//@lock: mmap_lock_speculate

use mmguard::order::LockContext;

fn is_empty(ctx: &LockContext<'_>) -> Option<bool> {
    ctx.mmap_lock_speculate(|s| s.first_vma_range(0).is_none()) //~ E0599
}
