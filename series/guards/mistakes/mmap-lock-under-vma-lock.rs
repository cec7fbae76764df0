// SPDX-License-Identifier: GPL-2.0-only

// error: E0499

//! The mmap lock is waited for under a VMA lock.

use kernel::mm::LockContext;

/// As `one_by_one`, under the first lock.
pub fn one_by_one(locks: &mut LockContext<'_>, addr: usize) {
    let vma = locks.stabilise(addr);
    drop(locks.mmap_read_lock());
    drop(vma);
}
