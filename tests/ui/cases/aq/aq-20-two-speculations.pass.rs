// SPDX-License-Identifier: GPL-2.0-only
// AQ-20: values of two speculations are not trusted by the check of one.
//@check-pass

use mmguard::{mmap::speculate::Untrusted, order::LockContext};

fn both(ctx: &LockContext<'_>, _old: Untrusted<'static, usize>) -> bool {
    let both = ctx.mmap_lock_speculate(|s| s.first_vma_range(0));
    both.is_some()
}
