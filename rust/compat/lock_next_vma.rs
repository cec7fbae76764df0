// SPDX-License-Identifier: GPL-2.0-only

//! `lock_next_vma()` of `mm/mmap_lock.c`, which modules do not have.

use crate::{
    bindings,
    mm::guard::{
        mmap::{
            iter::first_entry,
            speculate::speculate, //
        },
        vma::lock::VmaReadGuard, //
    },
};
use core::{
    mem::ManuallyDrop,
    ptr::null_mut, //
};
use kernel::{
    error::code::EAGAIN,
    mm::MmWithUser, //
};

/// Finds and read-locks the first VMA that ends after `from`.
///
/// Returns null if there is none, and `-EAGAIN` as a pointer where only the mmap lock can tell. The
/// function of the kernel takes that itself.
///
/// # Safety
///
/// The mm must be valid and have users.
pub(crate) unsafe fn lock_next_vma(
    mm: *mut bindings::mm_struct,
    _vmi: *mut bindings::vma_iterator,
    from: usize,
) -> *mut bindings::vm_area_struct {
    // SAFETY: By the safety requirements, the mm is valid and has users. The reference does not
    // leave this function.
    let mm = unsafe { MmWithUser::from_raw(mm) };
    let unsure = EAGAIN.to_ptr();

    let settled = speculate(mm, |s| s.first_vma_range(from));
    let range = match &settled {
        Some(None) => return null_mut(),
        Some(Some(range)) => range.clone(),
        // A writer is at work, though perhaps not here.
        None => match first_entry(mm, from) {
            Some((_, range)) => range,
            None => return unsure,
        },
    };

    let Some(vma) = VmaReadGuard::lock_under_rcu(mm, range.start.max(from)) else {
        return unsure;
    };

    // The VMA that was locked may not be the one that was found: it may have been shrunk, and
    // another one may have been put before it. If it leaves a gap, the gap must have been there.
    let gap_is_true = vma.start() <= from
        || matches!(&settled, Some(Some(range)) if range.start == vma.start())
        || matches!(first_entry(mm, from), Some((first, _)) if first == vma.as_non_null());
    if gap_is_true {
        // The caller gets the lock.
        ManuallyDrop::new(vma).as_ptr()
    } else {
        unsure
    }
}
