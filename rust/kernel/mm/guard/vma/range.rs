// SPDX-License-Identifier: GPL-2.0-only

//! The VMAs of a range, write-locked together.
//!
//! VMA write locks have no release of their own: they add up until the mmap write lock is dropped
//! or downgraded (`vma_end_write_all()`). So a task can have as many as it needs.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use crate::{
    bindings,
    mm::guard::{
        mmap::{
            MmGuard,
            Write, //
        },
        order::{
            level::VmaLock,
            rights::{
                stays_with_its_task,
                Sealed, //
            },
            InnerScope,
            LockScope, //
        },
        vma::{
            lock::VmaWriteGuard,
            Vma, //
        }, //
    }, //
};
use core::ops::Range;
use kernel::{
    error::to_result,
    prelude::*, //
};

/// The VMA write locks of all VMAs in a range, with the mmap write lock that they need.
///
/// The locks end with the [`MmGuard`] that this borrows: dropping this releases nothing.
///
/// # Examples
///
/// Looks at all before it changes the first.
///
/// ```
/// use core::ops::Range;
/// use kernel::mm::{
///     guard::order::LockContext,
///     virt::flags,
///     MmWithUser, //
/// };
///
/// /// Keeps a range, in bytes, out of core dumps, if all of it is anonymous.
/// fn dont_dump(mm: &MmWithUser, range: Range<usize>) -> Result {
///     let mut ctx = LockContext::new(mm);
///     let mut mm = ctx.mmap_write_lock_killable()?;
///     let mut vmas = mm.vma_start_write_range_killable(range.clone())?;
///     if !vmas.vmas().all(|vma| vma.is_anonymous()) {
///         return Err(EINVAL);
///     }
///     let mut addr = range.start;
///     while let Some(mut vma) = vmas.vma_mut(addr) {
///         vma.set_flags(flags::DONTDUMP)?;
///         addr = vma.end();
///     }
///     Ok(())
/// }
/// ```
///
/// # Invariants
///
/// `range` is not empty, and each address in it is in a VMA. All these VMAs were write-locked by
/// the task that made this, under the mmap write lock of `mm`, which is borrowed exclusively for
/// `'w`.
#[must_use = "VMA write locks that nothing is written under only keep page faults out"]
pub struct VmaWriteRange<'w> {
    mm: &'w MmGuard<'w, Write>,
    range: Range<usize>,
}

stays_with_its_task!(VmaWriteRange);

impl MmGuard<'_, Write> {
    /// Write-locks each VMA that has a part of `range`, in bytes, unless the task is killed first.
    ///
    /// Sleeps until the readers of these VMAs are gone. Borrows the mmap lock exclusively, as
    /// [`vma_start_write`](Self::vma_start_write) does. C: `for_each_vma_range()` and
    /// `vma_start_write_killable()`.
    ///
    /// # Errors
    ///
    /// `EINVAL` if the range is empty; `EFAULT` if a part of it is in no VMA, and then none is
    /// write-locked; `EINTR` if a fatal signal came first. Nothing can be written then, and those
    /// that were write-locked until then end, as all do, with the mmap write lock.
    pub fn vma_start_write_range_killable(
        &mut self,
        range: Range<usize>,
    ) -> Result<VmaWriteRange<'_>> {
        if range.is_empty() {
            return Err(EINVAL);
        }
        let mut mapped_to = range.start;
        for vma in self.vmas(range.start) {
            if vma.start() > mapped_to || mapped_to >= range.end {
                break;
            }
            mapped_to = vma.end();
        }
        if mapped_to < range.end {
            return Err(EFAULT);
        }
        for vma in self.vmas(range.start) {
            if vma.start() >= range.end {
                break;
            }
            // SAFETY: The VMA is attached, and the mmap write lock of its mm is held.
            to_result(unsafe { bindings::vma_start_write_killable(vma.as_ptr()) })?;
        }
        // INVARIANT: The VMAs of the whole range were just write-locked, and `self` is borrowed
        // exclusively for as long as the result lives.
        Ok(VmaWriteRange { mm: self, range })
    }
}

impl VmaWriteRange<'_> {
    /// The VMAs, in the order of their addresses, to be read.
    ///
    /// The first and the last may reach beyond the range.
    pub fn vmas(&self) -> impl Iterator<Item = Vma<'_, Write>> {
        // There may be two handles of one VMA, so they do not allow writes.
        self.mm
            .vmas(self.range.start)
            .take_while(|vma| vma.start() < self.range.end)
    }

    /// The VMA that contains `addr`, an address in bytes, to be written.
    ///
    /// Returns `None` if the address is not in the range.
    pub fn vma_mut(&mut self, addr: usize) -> Option<VmaWriteGuard<'_>> {
        if !self.range.contains(&addr) {
            return None;
        }
        let vma = self.mm.vma_lookup(addr)?.as_non_null();
        // SAFETY: By the type invariants, this task has write-locked the VMA, under the mmap write
        // lock. `self` is borrowed exclusively for as long as the result lives, and borrows that
        // lock exclusively itself. So nothing else can use it to detach the VMA, or to make a
        // handle of it.
        Some(unsafe { VmaWriteGuard::from_raw(vma) })
    }
}

impl Sealed for VmaWriteRange<'_> {}
#[diagnostic::do_not_recommend]
impl LockScope for VmaWriteRange<'_> {
    type Innermost = VmaLock;
    type Held = Self;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
