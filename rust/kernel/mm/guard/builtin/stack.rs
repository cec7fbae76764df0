// SPDX-License-Identifier: GPL-2.0-only

//! Growing a stack.
//!
//! A stack grows by a write to its VMA: under the mmap write lock, the VMA write lock and the
//! `anon_vma` lock. A caller with the mmap read lock gives that up on the way, and with it every
//! reference to a VMA (CVE-2023-3269 was a tree node replaced under the read lock).
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
/// `EINTR` if a fatal signal is pending; `EFAULT` otherwise, if there is no stack at `addr`, or if
/// it may not grow so far. The mmap lock is then not held.
#[inline]
pub fn expand_stack<'c, S: MmapLockState + SharesMmapLock>(
    mm: MmGuard<'c, S>,
    addr: usize,
) -> Result<MmGuard<'c, Downgraded>> {
    let mm = ManuallyDrop::new(mm).mm();
    // SAFETY: By the bound, the mmap lock of this valid mm is held shared, as C requires. C
    // releases it, so the guard is not dropped. It was consumed, so no reference to a VMA is left.
    let vma = unsafe { bindings::expand_stack(mm.as_raw(), addr) };
    if vma.is_null() {
        // SAFETY: C reads the flags of the current task.
        let killed = unsafe { bindings::rust_guard_fatal_signal_pending() };
        return Err(if killed { EINTR } else { EFAULT });
    }
    // SAFETY: On success C has taken the mmap write lock, and has downgraded it. Its release goes
    // to the result.
    Ok(unsafe { MmGuard::from_raw(mm) })
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
