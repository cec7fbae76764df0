// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the guard that stabilises it.
//@lock: mmap_read_lock

use mmguard::order::LockContext;

fn size(ctx: &mut LockContext<'_>, addr: usize) -> Option<usize> {
    let mm = ctx.mmap_read_lock();
    let vma = mm.vma_lookup(addr)?;
    drop(mm); //~ E0505
    Some(vma.end() - vma.start())
}
