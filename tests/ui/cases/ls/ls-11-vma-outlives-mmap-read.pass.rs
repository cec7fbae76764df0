// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the guard that stabilises it.
//@check-pass

use mmguard::order::LockContext;

fn size(ctx: &mut LockContext<'_>, addr: usize) -> Option<usize> {
    let mm = ctx.mmap_read_lock();
    let vma = mm.vma_lookup(addr)?;
    let size = vma.end() - vma.start();
    drop(mm);
    Some(size)
}
