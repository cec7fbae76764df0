// SPDX-License-Identifier: GPL-2.0-only

//! Pages that a driver maps into user space.
//!
//! C source: `mm/memory.c`

use super::{
    order::{
        After,
        FolioLock, //
    },
    rights::Stabilises,
    LockScope,
    NoTableReason,
    Vma, //
};
use crate::bindings;
use kernel::{
    error::to_result,
    mm::virt::flags,
    page::{
        Page,
        PAGE_MASK, //
    },
    prelude::*, //
};

/// Maps a page at `addr`, an address in bytes, of a VMA that may have such pages (`VM_MIXEDMAP`).
///
/// The VMA gets a reference to the page. Sleeps, and may wait for memory: so no lock is held that
/// reclaim takes. C: `vm_insert_page()`.
///
/// # Examples
///
/// ```
/// use kernel::{
///     mm::{
///         guard::{
///             vm_insert_page,
///             LockContext,
///             LockScope, //
///         },
///         MmWithUser, //
///     },
///     page::Page, //
/// };
///
/// /// Maps a new page at `addr`, in a VMA of the driver's own.
/// fn give_page(mm: &MmWithUser, addr: usize) -> Result<Page> {
///     let page = Page::alloc_page(GFP_KERNEL)?;
///     let mut ctx = LockContext::new(mm);
///     let mut guard = ctx.stabilise(addr)?;
///     let (vma, mut scope) = guard.split();
///     vm_insert_page(&mut scope, vma, addr, &page)?;
///     drop(guard);
///     Ok(page)
/// }
/// ```
///
/// # Errors
///
/// `EINVAL` if the VMA has no `VM_MIXEDMAP`: C would set the flag, which needs the mmap write lock,
/// and only the driver whose VMA it is knows that it may have it. `EFAULT` if the address is not in
/// the VMA; `EBUSY` if something is mapped there; `ENOMEM` if there is no memory. Nothing is mapped
/// then. A driver that maps huge pages in the same VMA keeps its faults apart from this.
#[inline]
pub fn vm_insert_page<G: LockScope, L: Stabilises>(
    _held: &mut G,
    vma: &Vma<'_, L>,
    addr: usize,
    page: &Page,
) -> Result
where
    FolioLock: After<G::Innermost>,
{
    if vma.flags() & flags::MIXEDMAP == 0 {
        return Err(EINVAL);
    }
    // C takes it for granted that there is no huge page.
    let no_table = match vma.pmd_entry(addr)? {
        Ok(pmd) => pmd.why_no_table(),
        Err(no_table) => Some(no_table),
    };
    if no_table.is_some_and(|no_table| no_table.reason() != NoTableReason::Empty) {
        return Err(EBUSY);
    }
    let addr = addr & PAGE_MASK;
    // SAFETY: The VMA is locked and has the flag, and the page is valid and of order 0.
    to_result(unsafe { bindings::vm_insert_page(vma.as_ptr(), addr, page.as_ptr()) })
}
