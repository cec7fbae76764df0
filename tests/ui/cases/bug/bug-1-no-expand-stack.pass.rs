// SPDX-License-Identifier: GPL-2.0-only
// BUG-1: CVE-2023-3269, StackRot: no module grows a stack, as `expand_stack()` is not exported.
//@module-only
//@check-pass

use mmguard::order::LockContext;

fn grow(ctx: &mut LockContext<'_>, addr: usize) -> bool {
    ctx.mmap_read_lock().vma_lookup(addr).is_some()
}
