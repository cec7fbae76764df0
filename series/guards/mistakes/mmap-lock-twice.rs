// SPDX-License-Identifier: GPL-2.0-only

// error: E0499

//! The mmap lock is waited for twice.

use kernel::mm::LockContext;

/// As `one_by_one`, with the mmap lock both times.
pub fn one_by_one(locks: &mut LockContext<'_>) {
    let guard = locks.mmap_read_lock();
    drop(locks.mmap_read_lock());
    drop(guard);
}
