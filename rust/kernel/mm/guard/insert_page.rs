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
    Vma, //
};
use crate::bindings;
use kernel::{
    error::to_result,
    mm::virt::flags,
    page::Page,
    prelude::*, //
};

/// Maps a page at `addr`, an address in bytes, of a VMA that may have such pages (`VM_MIXEDMAP`).
///
/// The VMA gets a reference to the page. Sleeps, and may wait for memory: so no lock is held that
/// reclaim takes. C: `vm_insert_page()`.
///
/// # Errors
///
/// `EINVAL` if the VMA has no `VM_MIXEDMAP`: C would set the flag, which needs the mmap write lock,
/// and only the driver whose VMA it is knows that it may have it. `EFAULT` if the address is not in
/// the VMA; `EBUSY` if something is mapped there; `ENOMEM` if there is no memory. Nothing is mapped
/// then.
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
    // SAFETY: The VMA is locked and has the flag, and the page is valid and of order 0.
    to_result(unsafe { bindings::vm_insert_page(vma.as_ptr(), addr, page.as_ptr()) })
}
