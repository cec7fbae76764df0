// SPDX-License-Identifier: GPL-2.0-only
// AQ-4: taking a VMA read lock under the mmap read lock can still fail.
//@lock: mmap_read_lock

use mmguard::order::LockContext;

fn visit(ctx: &mut LockContext<'_>, addr: usize) {
    ctx.mmap_read_lock().into_vma_read(addr); //~ unused_must_use
}
