// SPDX-License-Identifier: GPL-2.0-only
// AQ-20: what was read without a lock does not leave the speculation unchecked.
//@check-pass

use mmguard::order::LockContext;

fn is_empty(ctx: &LockContext<'_>) -> bool {
    let mut first = None;
    let checked = ctx.mmap_lock_speculate(|s| {
        first = Some(0);
        s.first_vma_range(0)
    });
    first.is_some() && checked.is_some()
}
