// SPDX-License-Identifier: GPL-2.0-only

// error: E0505

//! A page is inserted when the lock is released.

use kernel::{
    mm::{
        virt::VmaOps,
        MmWithUser, //
    },
    page::UserPage,
    prelude::*,
    sync::Arc, //
};

/// As `insert`, with the last two lines the other way round.
pub fn insert(
    mm: &MmWithUser,
    ops: &'static VmaOps<u32>,
    owner: &Arc<u32>,
    page: &UserPage,
) -> Result {
    let guard = mm.mmap_read_lock();
    let vma = guard.vma_lookup(0).ok_or(ESRCH)?;
    let vma = ops.own(vma, owner.as_arc_borrow()).ok_or(ESRCH)?;
    drop(guard);
    vma.insert_page(vma.start(), page)
}
