// SPDX-License-Identifier: GPL-2.0-only

//! Pages that a driver maps into user space.
//!
//! C source: `mm/memory.c`

use crate::{
    bindings,
    mm::guard::{
        order::{
            level::{
                After,
                FolioLock, //
            },
            rights::Stabilises,
            LockScope, //
        },
        table::NoTableReason,
        vma::Vma, //
    }, //
};
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
/// # Safety
///
/// The VMA must be one that the caller's driver has set up for such pages. The page must be one
/// that user space may have and change for as long as it is mapped, which may be long after this
/// call: no page of a value of the kernel's, and none with old content. A driver that maps huge
/// pages in the same VMA must not do so during this call.
///
/// # Errors
///
/// `EINVAL` if the VMA has no `VM_MIXEDMAP`: C would set the flag, which needs the mmap write lock,
/// and only the driver that owns the VMA knows whether it may have the flag. `EINVAL` also if C
/// does not map such a page: an anonymous page, one with a type, or the zero page in some VMAs.
/// `EFAULT` if the address is not in the VMA; `EBUSY` if something is mapped there; `ENOMEM` if
/// there is no memory; those of [`Vma::tables`]. Nothing is mapped then.
#[inline]
pub unsafe fn vm_insert_page<G: LockScope, L: Stabilises>(
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
    // C relies on it that there is no huge page.
    let no_table = match vma.tables()?.pmd_entry(addr) {
        Ok(pmd) => pmd.why_no_table(),
        Err(no_table) => Some(no_table),
    };
    match no_table.map(|no_table| no_table.reason()) {
        None | Some(NoTableReason::Empty) => {}
        Some(NoTableReason::Outside) => return Err(EFAULT),
        Some(_) => return Err(EBUSY),
    }
    let addr = addr & PAGE_MASK;
    // SAFETY: The VMA is stable, so it keeps the flag that was seen, and C does not set it. The
    // page is valid, and there is no huge page at `addr`. By the safety requirements, none comes,
    // and the page may be mapped there.
    to_result(unsafe { bindings::vm_insert_page(vma.as_ptr(), addr, page.as_ptr()) })
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
