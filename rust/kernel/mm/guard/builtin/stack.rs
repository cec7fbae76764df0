// SPDX-License-Identifier: GPL-2.0-only

//! Growing a stack.
//!
//! A stack grows by a write to its VMA: under the mmap write lock, the VMA write lock and the
//! `anon_vma` lock. Who comes with the mmap read lock lets go of it on the way, so that every
//! reference to a VMA dies (CVE-2023-3269 was a tree node replaced under the read lock).
//!
//! Not for modules: `expand_stack()` is not exported.
//!
//! C source: `mm/mmap.c`

use crate::{
    bindings,
    mm::guard::{
        mmap::{
            Downgraded,
            MmGuard,
            MmapLockState, //
        },
        order::rights::SharesMmapLock, //
    }, //
};
use core::mem::ManuallyDrop;
use kernel::prelude::*;

/// Grows the stack next to `addr`, an address in bytes, so that it contains `addr`.
///
/// Drops the mmap lock, sleeps until the write lock is there, and comes back with that downgraded.
/// If a VMA contains `addr` by then, nothing is grown. C: `expand_stack()`.
///
/// # Errors
///
/// `EINTR` if a fatal signal is there; else `EFAULT`: there is no stack at `addr`, or it may not
/// grow so far. The mmap lock is then not held.
#[inline]
pub fn expand_stack<'c, S: MmapLockState + SharesMmapLock>(
    mm: MmGuard<'c, S>,
    addr: usize,
) -> Result<MmGuard<'c, Downgraded>> {
    let mm = ManuallyDrop::new(mm).mm();
    // SAFETY: The mmap lock of this valid mm is held, shared, and given up: the guard is not
    // dropped.
    let vma = unsafe { bindings::expand_stack(mm.as_raw(), addr) };
    if vma.is_null() {
        // SAFETY: This may be called in any task.
        let killed = unsafe { bindings::rust_guard_fatal_signal_pending() };
        return Err(if killed { EINTR } else { EFAULT });
    }
    // SAFETY: On success the mmap write lock was taken, and downgraded.
    Ok(unsafe { MmGuard::from_raw(mm) })
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
