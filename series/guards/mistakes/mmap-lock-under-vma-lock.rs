// SPDX-License-Identifier: GPL-2.0-only

// error: E0499

//! The mmap lock is waited for under a VMA lock.

use kernel::mm::{
    LockContext,
    MmWithUser, //
};

/// One lock after the other.
pub fn one_by_one(mm: &MmWithUser, addr: usize) -> Option<usize> {
    let mut locks = LockContext::new(mm);
    let vma = locks.stabilise(addr)?;
    let start = vma.start();
    let guard = locks.mmap_read_lock();
    let end = guard.vma_lookup(addr)?.end();
    drop(guard);
    drop(vma);
    Some(end - start)
}

/// Asks whether a VMA is one of an mm.
pub fn is_of(mm: &MmWithUser, addr: usize) -> bool {
    let mut locks = LockContext::new(mm);
    let vma = locks.stabilise(addr);
    vma.is_some_and(|vma| core::ptr::eq(vma.mm(), &**mm))
}
