// SPDX-License-Identifier: GPL-2.0-only

//! What the mistakes here are made from.

use kernel::{
    mm::{
        LockContext,
        MmWithUser, //
    },
    prelude::*, //
};

/// Locks a VMA for writing.
pub fn write(mm: &MmWithUser, addr: usize) -> Result<usize> {
    let mut locks = LockContext::new(mm);
    let mut guard = locks.mmap_write_lock_killable()?;
    let mut vma = guard.vma_start_write(addr).ok_or(ESRCH)?;
    vma.set_dontdump();
    let guard = guard.downgrade();
    Ok(guard.vma_lookup(addr).ok_or(ESRCH)?.start())
}
