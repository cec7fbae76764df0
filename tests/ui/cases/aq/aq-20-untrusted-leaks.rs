// SPDX-License-Identifier: GPL-2.0-only
// AQ-20: what was read without a lock does not leave the speculation unchecked.
//@lock: mmap_lock_speculate

use mmguard::order::LockContext;

fn is_empty(ctx: &LockContext<'_>) -> bool {
    let mut first = None;
    let checked = ctx.mmap_lock_speculate(|s| {
        first = Some(s.first_vma_range(0)); //~ E0521
        s.first_vma_range(0)
    });
    first.is_some() && checked.is_some()
}
