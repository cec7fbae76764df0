// SPDX-License-Identifier: GPL-2.0-only
// LS-11: no VMA outlives the guard that stabilises it.
//@lock: mmap_read_lock

use mmguard::{mmap::Read, order::LockContext, vma::Vma};

fn first<'a>(ctx: &'a mut LockContext<'_>) -> Option<Vma<'a, Read>> {
    ctx.mmap_read_lock().vmas(0).next() //~ E0515
}
