// SPDX-License-Identifier: GPL-2.0-only

//! The twins of the mistakes here.

use kernel::mm::{
    virt::VmaRef,
    LockContext,
    Mm, //
};

/// Takes one lock after the other.
pub fn one_by_one(locks: &mut LockContext<'_>, addr: usize) {
    let vma = locks.stabilise(addr);
    drop(vma);
    drop(locks.mmap_read_lock());
    drop(locks.mmap_read_lock());
}

/// Whether a VMA is one of an mm.
pub fn is_of(vma: &VmaRef, mm: &Mm) -> bool {
    core::ptr::eq(vma.mm(), mm)
}
