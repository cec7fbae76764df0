// SPDX-License-Identifier: GPL-2.0-only

// error: E0505

//! A VMA is written after the downgrade.

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
    let guard = guard.downgrade();
    vma.set_dontdump();
    Ok(guard.vma_lookup(addr).ok_or(ESRCH)?.start())
}
