// SPDX-License-Identifier: GPL-2.0-only

//! Emptying page tables: pages are unmapped, and the tables stay.
//!
//! The walk of C ends when an address *equals* the end of the range. So with a range that ends
//! within a page, it goes on to the pages after that. Here a range is checked first.
//!
//! C source: `mm/memory.c`

use crate::{
    bindings,
    mm::guard::{
        order::{
            level::{
                After,
                HugetlbVmaLock,
                PageTableLock, //
            },
            rights::{
                FreezesRange,
                Stabilises, //
            },
            LockScope, //
        },
        vma::Vma, //
    }, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};

/// Unmaps the pages of a range of a VMA: `len` bytes from the address `start` on.
///
/// The content of private pages is lost. The next access faults, as if there had never been pages.
/// Sleeps. C: `zap_vma_range()`.
///
/// # Safety
///
/// The VMA must be one that the caller's driver has set up, and the driver may take its pages away.
/// C does not check that: it unmaps the pages of any VMA, also of one that is sealed.
///
/// # Errors
///
/// `EINVAL` if `start` or `len` is no multiple of the page size, or if the VMA is hugetlb's, for
/// which there is [`zap_hugetlb_vma_range`]; `EFAULT` if the range is not within the VMA. Nothing
/// is unmapped then.
#[inline]
pub unsafe fn zap_vma_range<G: LockScope, L: Stabilises>(
    _held: &mut G,
    vma: &Vma<'_, L>,
    start: usize,
    len: usize,
) -> Result
where
    PageTableLock: After<G::Innermost>,
{
    // SAFETY: The VMA is valid. C loads the flags, and `VM_HUGETLB` does not change.
    if unsafe { bindings::is_vm_hugetlb_page(vma.as_ptr()) } {
        return Err(EINVAL);
    }
    check_range(vma, start, len, PAGE_SIZE)?;
    // SAFETY: The VMA is stable, and the range is within it and page-aligned, as C requires. By the
    // safety requirements, the pages may be taken away.
    unsafe { bindings::zap_vma_range(vma.as_ptr(), start, len) };
    Ok(())
}

/// Unmaps the huge pages of a range of a hugetlb VMA: `len` bytes from the address `start` on.
///
/// Takes the locks of hugetlb, and `i_mmap_rwsem` for writing. So a holder of a reverse-mapping
/// lock must not call this. Sleeps. C: `zap_vma_range()`.
///
/// # Safety
///
/// As for [`zap_vma_range`].
///
/// # Errors
///
/// `EINVAL` if `start` or `len` is no multiple of the VMA's huge page size, or if the VMA is not
/// hugetlb's; `EFAULT` if the range is not within the VMA. Nothing is unmapped then.
#[inline]
pub unsafe fn zap_hugetlb_vma_range<G: LockScope, L: Stabilises>(
    _held: &mut G,
    vma: &Vma<'_, L>,
    start: usize,
    len: usize,
) -> Result
where
    HugetlbVmaLock: After<G::Innermost>,
{
    // SAFETY: The VMA is valid. C loads the flags, and `VM_HUGETLB` does not change.
    if !unsafe { bindings::is_vm_hugetlb_page(vma.as_ptr()) } {
        return Err(EINVAL);
    }
    // SAFETY: The VMA is valid, and hugetlb's, so its file keeps what C reads the size from.
    let page_size = unsafe { bindings::vma_kernel_pagesize(vma.as_ptr()) };
    check_range(vma, start, len, page_size)?;
    // SAFETY: The VMA is stable, and the range is within it and aligned to huge pages, as C
    // requires. By the safety requirements, the pages may be taken away.
    unsafe { bindings::zap_vma_range(vma.as_ptr(), start, len) };
    Ok(())
}

/// Checks that a range is one of pages, whose size is a power of two, within the VMA.
#[inline]
fn check_range<L: FreezesRange>(
    vma: &Vma<'_, L>,
    start: usize,
    len: usize,
    page_size: usize,
) -> Result {
    if (start | len) & (page_size - 1) != 0 {
        return Err(EINVAL);
    }
    let end = start.checked_add(len).ok_or(EFAULT)?;
    if start < vma.start() || end > vma.end() {
        return Err(EFAULT);
    }
    Ok(())
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
