// SPDX-License-Identifier: GPL-2.0-only

//! The twins of the mistakes here.

use kernel::{
    mm::{
        virt::{
            OwnVma,
            VmaNew,
            VmaOps,
            VmaRef, //
        },
        MmWithUser, //
    },
    page::UserPage,
    prelude::*,
    sync::Arc, //
};

/// For `f_ops->mmap()`.
pub fn set_up(vma: &VmaNew, ops: &'static VmaOps<u32>, owner: Arc<u32>) -> Result {
    ops.attach(vma, owner)
}

/// Whether a VMA is one of an owner.
pub fn is_own(vma: &VmaRef, ops: &'static VmaOps<u32>, owner: &Arc<u32>) -> bool {
    ops.own(vma, owner.as_arc_borrow()).is_some()
}

/// Zaps the first page of a VMA.
pub fn zap(vma: &OwnVma) -> Result {
    vma.zap_range(vma.start()..vma.start() + 4096)
}

/// Inserts a page into a VMA that was found by its address.
pub fn insert(
    mm: &MmWithUser,
    ops: &'static VmaOps<u32>,
    owner: &Arc<u32>,
    page: &UserPage,
) -> Result {
    let guard = mm.mmap_read_lock();
    let vma = guard.vma_lookup(0).ok_or(ESRCH)?;
    let vma = ops.own(vma, owner.as_arc_borrow()).ok_or(ESRCH)?;
    vma.insert_page(vma.start(), page)?;
    drop(guard);
    Ok(())
}
