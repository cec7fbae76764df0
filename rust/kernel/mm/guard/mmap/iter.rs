// SPDX-License-Identifier: GPL-2.0-only

//! Iteration over the VMAs of an mm.
//!
//! C header: [`include/linux/mm.h`](srctree/include/linux/mm.h)

use crate::{
    bindings,
    mm::guard::{
        mmap::{
            MmGuard,
            MmapLockState, //
        },
        vma::Vma, //
    }, //
};
use core::{
    marker::PhantomData,
    mem::MaybeUninit,
    ops::Range,
    ptr::NonNull, //
};
use kernel::{
    mm::MmWithUser,
    sync::rcu, //
};

/// An iterator over the VMAs of an mm whose mmap lock is held.
///
/// Made by [`MmGuard::vmas`].
///
/// # Examples
///
/// ```
/// use kernel::mm::guard::mmap::{
///     MmGuard,
///     Read, //
/// };
///
/// /// Returns how many bytes of the mm are anonymous mappings.
/// fn anonymous_bytes(mm: &MmGuard<'_, Read>) -> usize {
///     mm.vmas(0)
///         .filter(|vma| vma.is_anonymous())
///         .map(|vma| vma.end() - vma.start())
///         .sum()
/// }
/// ```
///
/// # Invariants
///
/// `vmi` is a valid iterator over the tree of an mm whose mmap lock is held in state `S` for `'g`.
#[must_use = "an iterator does nothing unless it is asked for its items"]
pub struct VmaIter<'g, S: MmapLockState> {
    vmi: bindings::vma_iterator,
    _guard: PhantomData<&'g MmGuard<'g, S>>,
}

impl<'g, S: MmapLockState> VmaIter<'g, S> {
    #[inline]
    pub(in crate::mm::guard) fn new(guard: &'g MmGuard<'_, S>, from: usize) -> Self {
        // INVARIANT: `guard` holds the mmap lock in state `S`, and is borrowed for `'g`.
        Self {
            vmi: iterator(guard.mm(), from),
            _guard: PhantomData,
        }
    }
}

impl<'g, S: MmapLockState> Iterator for VmaIter<'g, S> {
    type Item = Vma<'g, S>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // SAFETY: By the type invariants, the iterator is valid and the mmap lock is held.
        let vma = NonNull::new(unsafe { bindings::vma_next(&mut self.vmi) })?;
        // SAFETY: A VMA found in the tree under the mmap lock is attached, and stays so while the
        // lock is held, which is for `'g`.
        Some(unsafe { Vma::from_raw(vma) })
    }
}

/// Finds the first VMA that ends after `from`, and the range that the tree has for it.
///
/// What is found may be gone or changed by the time that this returns. The pointer is only
/// compared. Nothing is read through it: without a lock the VMA's own `vm_start` may be the
/// allocator's, as it shares its place with `vm_freeptr`.
pub(in crate::mm) fn first_entry(
    mm: &MmWithUser,
    from: usize,
) -> Option<(NonNull<bindings::vm_area_struct>, Range<usize>)> {
    let mut vmi = iterator(mm, from);
    let rcu = rcu::read_lock();
    // SAFETY: The iterator is valid, and the RCU read lock is held. The tree is in RCU mode. It is
    // not in two cases: while `dup_mmap()` fills a new mm, to which nobody else has a reference
    // yet, and in `exit_mmap()`, when `mm_users` is zero.
    let vma = unsafe { bindings::vma_next(&mut vmi) };
    drop(rcu);
    // A VMA ends below the kernel's half of the address space, so the addition does not wrap.
    Some((
        NonNull::new(vma)?,
        vmi.mas.index..vmi.mas.last.wrapping_add(1),
    ))
}

/// Makes a C iterator that begins at `from`.
#[inline]
pub(in crate::mm::guard) fn iterator(mm: &MmWithUser, from: usize) -> bindings::vma_iterator {
    let mut vmi = MaybeUninit::uninit();
    // SAFETY: `vmi` is valid for writes, and `mm` is valid. `vma_iter_init` initialises all of it.
    unsafe {
        bindings::vma_iter_init(vmi.as_mut_ptr(), mm.as_raw(), from);
        vmi.assume_init()
    }
}
