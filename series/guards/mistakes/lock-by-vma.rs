// SPDX-License-Identifier: GPL-2.0-only

// error: E0308

//! The lock of the mm of a VMA that is locked is taken.

use kernel::mm::{
    LockContext,
    MmWithUser, //
};

/// One lock after the other.
pub fn one_by_one(mm: &MmWithUser, addr: usize) -> Option<usize> {
    let mut locks = LockContext::new(mm);
    let vma = locks.stabilise(addr)?;
    let start = vma.start();
    drop(vma);
    let guard = locks.mmap_read_lock();
    let end = guard.vma_lookup(addr)?.end();
    drop(guard);
    Some(end - start)
}

/// Asks whether a VMA is one of an mm.
pub fn is_of(mm: &MmWithUser, addr: usize) -> bool {
    let mut locks = LockContext::new(mm);
    let vma = locks.stabilise(addr);
    vma.is_some_and(|vma| LockContext::new(vma.mm()).mmap_read_trylock().is_some())
}
