// SPDX-License-Identifier: GPL-2.0-only
// AQ-16: nothing sleeps in an RCU section: the `i_mmap` lock is not taken there.
//@check-pass

use kernel::fs::LocalFile;
use mmguard::{order::LockContext, rmap::i_mmap::i_mmap_lock_read};

fn is_mapped(ctx: &mut LockContext<'_>, file: &LocalFile) -> bool {
    let rcu = ctx.rcu_read_lock();
    let is_there = rcu.vma_lookup(0).is_some();
    let is_mapped = i_mmap_lock_read(ctx, file).is_mapped();
    is_mapped && is_there
}
