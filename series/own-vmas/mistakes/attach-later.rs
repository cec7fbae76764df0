// SPDX-License-Identifier: GPL-2.0-only

// error: E0308

//! A VMA that user space has gets another owner.

use kernel::{
    mm::{
        virt::{
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

/// What the VMAs belong to.
pub struct Owner;

static OPS: VmaOps<Owner> = VmaOps::new();

/// For `f_ops->mmap()`.
pub fn set_up(vma: &VmaRef, owner: &Arc<Owner>) -> Result {
    OPS.attach(vma, owner.clone())
}

/// Zaps the first page of a VMA.
pub fn zap(vma: &VmaRef, owner: &Arc<Owner>) -> Result {
    let vma = OPS.own(vma, owner.as_arc_borrow()).ok_or(ESRCH)?;
    vma.zap_range(vma.start()..vma.start() + 4096)
}

/// Inserts a page.
pub fn insert(mm: &MmWithUser, addr: usize, owner: &Arc<Owner>) -> Result {
    let page = UserPage::new(GFP_KERNEL)?;
    let guard = mm.mmap_read_lock();
    let vma = guard.vma_lookup(addr).ok_or(ESRCH)?;
    let vma = OPS.own(vma, owner.as_arc_borrow()).ok_or(ESRCH)?;
    vma.insert_page(addr, &page)?;
    drop(guard);
    Ok(())
}
