// SPDX-License-Identifier: GPL-2.0-only

//! What a driver does to VMAs of its own, outside of a fault.
//!
//! An [`OwnVma`] is evidence that a VMA is one of an object, which is locked. It is had from the
//! object, for a VMA that is held by any lock that keeps it stable. Nothing of this crate takes
//! pages away from the VMA of somebody else, or puts pages into it.
//!
//! C source: `mm/memory.c`

use crate::{
    bindings,
    mm::guard::{
        driver::{
            kind::{
                Kind,
                MapsPages, //
            },
            object::VmObject,
            ops::VmOperations,
            page::UserPage, //
        },
        order::{
            level::{
                After,
                FolioLock,
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
use core::ops::Range;
use kernel::{
    error::to_result,
    mm::virt::flags,
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

/// A VMA of an object, which is held by the lock `L`, while the object is locked.
///
/// # Invariants
///
/// The VMA is one of `object`, whose lock the task holds for `'v`.
pub struct OwnVma<'v, L: FreezesRange, T: VmOperations> {
    vma: &'v Vma<'v, L>,
    object: &'v VmObject<T>,
}

impl<'v, L: Stabilises, T: VmOperations> OwnVma<'v, L, T> {
    /// The caller keeps the invariants.
    #[inline]
    pub(in crate::mm::guard) fn new(vma: &'v Vma<'v, L>, object: &'v VmObject<T>) -> Self {
        Self { vma, object }
    }

    /// The VMA.
    #[inline]
    pub fn vma(&self) -> &Vma<'v, L> {
        self.vma
    }

    /// The object.
    #[inline]
    pub fn object(&self) -> &VmObject<T> {
        self.object
    }

    /// Unmaps the pages of a range of the VMA, of addresses in bytes.
    ///
    /// Only from this VMA: a child that has inherited a copy of it keeps the pages, which
    /// [`revoke`](crate::mm::guard::driver::object::LockedObject::revoke) takes from all. The
    /// content of pages that the process has written to a private mapping is lost. Sleeps.
    /// C: `zap_vma_range()`.
    ///
    /// # Errors
    ///
    /// `EINVAL` if an end of the range is no multiple of the page size; `EFAULT` if the range is
    /// not within the VMA. Nothing is unmapped then.
    #[inline]
    pub fn zap<G: LockScope>(&self, _scope: &mut G, range: Range<usize>) -> Result
    where
        PageTableLock: After<G::Innermost>,
    {
        if (range.start | range.end) & !PAGE_MASK != 0 {
            return Err(EINVAL);
        }
        // The walk of C ends when an address *equals* the end, so the range must be right.
        if range.start > range.end || range.start < self.vma.start() || range.end > self.vma.end() {
            return Err(EFAULT);
        }
        // SAFETY: The VMA is stable, and the range is within it and page-aligned, as C requires. It
        // is no VMA of hugetlb, by the invariants, and its driver may take its pages away.
        unsafe { bindings::zap_vma_range(self.vma.as_ptr(), range.start, range.end - range.start) };
        Ok(())
    }

    /// Maps a page as the one of the object at `pgoff`, an offset in pages.
    ///
    /// So [`revoke`] of that offset takes it back. The mapping has a reference to the page. Sleeps,
    /// and may wait for memory: so no lock is held that reclaim takes. C: `vm_insert_page()`.
    ///
    /// # Errors
    ///
    /// `EFAULT` if the VMA does not map the offset; `EBUSY` if something is mapped there; `ENOMEM`
    /// if there is no memory. Nothing is mapped then.
    ///
    /// [`revoke`]: crate::mm::guard::driver::object::LockedObject::revoke
    #[inline]
    pub fn insert<G: LockScope>(&self, _scope: &mut G, pgoff: usize, page: &UserPage) -> Result
    where
        T::Kind: MapsPages,
        FolioLock: After<G::Innermost>,
    {
        let addr = self.address_of(pgoff).ok_or(EFAULT)?;
        // C would set it, and then reads of the flags would race.
        if self.vma.flags() & flags::MIXEDMAP == 0 {
            return Err(EINVAL);
        }
        // SAFETY: The VMA is stable, so it keeps the flag that was seen. Huge pages are mapped in
        // VMAs of `Pfns` alone. The page is one for user space.
        to_result(unsafe { bindings::vm_insert_page(self.vma.as_ptr(), addr, page.as_ptr()) })
    }

    /// The address at which the VMA maps an offset of the object, if it does.
    #[inline]
    fn address_of(&self, pgoff: usize) -> Option<usize> {
        let offset = pgoff
            .checked_sub(self.vma.pgoff()?)?
            .checked_mul(PAGE_SIZE)?;
        let addr = self.vma.start().checked_add(offset)?;
        (addr < self.vma.end() && pgoff < self.object.kind().page_count()).then_some(addr)
    }

    /// Maps pages, one after the other, as those of the object from `pgoff` on, in pages.
    ///
    /// As [`insert`](Self::insert), of each.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert). The pages before the one that failed stay mapped, and
    /// their number comes with the error.
    pub fn insert_all<'p, G: LockScope>(
        &self,
        scope: &mut G,
        pgoff: usize,
        pages: impl IntoIterator<Item = &'p UserPage>,
    ) -> core::result::Result<usize, (usize, Error)>
    where
        T::Kind: MapsPages,
        FolioLock: After<G::Innermost>,
    {
        let mut done = 0;
        for page in pages {
            let pgoff = pgoff.checked_add(done).ok_or((done, EFAULT))?;
            self.insert(scope, pgoff, page).map_err(|err| (done, err))?;
            done += 1;
        }
        Ok(done)
    }
}
