// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the lock that stabilises it.
//@lock: mmap_read_lock

use mmguard::order::LockContext;

fn size(ctx: &mut LockContext<'_>, addr: usize) -> Option<usize> {
    let mmap_read_lock = ctx.mmap_read_lock();
    let vma = mmap_read_lock.vma_lookup(addr)?;
    drop(mmap_read_lock); //~ E0505
    Some(vma.end() - vma.start())
}
