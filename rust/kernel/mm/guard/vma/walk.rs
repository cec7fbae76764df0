// SPDX-License-Identifier: GPL-2.0-only

//! Walking the VMAs of an mm, one lock at a time.
//!
//! In a mm that others change meanwhile, there is no list of VMAs that was ever true as a whole.
//! What a walk promises is this:
//!
//! - each VMA is seen under a lock, as it is at that moment;
//! - their ends grow strictly, so the walk comes to an end;
//! - a VMA may begin before the one before it ended, if it was merged or moved meanwhile;
//! - where two VMAs leave a gap between them, there was a gap, at some moment of that step.
//!
//! This is `lock_next_vma()` of `mm/mmap_lock.c`.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use crate::mm::guard::{
    order::{
        level::{
            After,
            LockLevel,
            MmapLock,
            Unlocked, //
        },
        rights::Sealed,
        InnerScope,
        LockContext,
        LockScope, //
    },
    vma::stable::StableGuard, //
};
#[cfg(CONFIG_PER_VMA_LOCK)]
use kernel::mm::MmWithUser;
use kernel::prelude::*;

/// A walk over the VMAs of an mm, one lock at a time.
///
/// Made by [`LockContext::walk_vmas`]. Between two steps no lock is held but what the context is
/// under, so the walk is a scope then, as for a copy to user memory. But the context keeps the mm
/// in use, and with it all its memory, also when its process is killed: a copy that waits should
/// rather come after both, with the walk begun again from [`position`](Self::position).
///
/// # Examples
///
/// ```
/// use kernel::mm::{
///     guard::order::LockContext,
///     MmWithUser, //
/// };
///
/// /// Returns the size in bytes of the largest VMA.
/// fn largest_vma(mm: &MmWithUser) -> Result<usize> {
///     let mut ctx = LockContext::new(mm);
///     let mut walk = ctx.walk_vmas(0);
///     let mut largest = 0;
///     while let Some(vma) = walk.next_vma()? {
///         largest = largest.max(vma.end() - vma.start());
///     }
///     Ok(largest)
/// }
/// ```
pub struct VmaWalk<'c, 'm, H: LockLevel = Unlocked> {
    ctx: &'c mut LockContext<'m, H>,
    from: usize,
    fallbacks: usize,
}

/// What one look without the mmap lock found.
#[cfg(CONFIG_PER_VMA_LOCK)]
enum Look<'c> {
    /// The next VMA, locked.
    Found(super::lock::VmaReadGuard<'c>),
    /// There is no further VMA.
    End,
    /// Only the mmap lock can tell.
    Unsure,
}

impl<'m, H: LockLevel> LockContext<'m, H> {
    /// Begins a walk over the VMAs that end after `from`, an address in bytes.
    ///
    /// Takes no lock and does not sleep.
    #[inline]
    pub fn walk_vmas(&mut self, from: usize) -> VmaWalk<'_, 'm, H>
    where
        MmapLock: After<H>,
    {
        VmaWalk {
            ctx: self,
            from,
            fallbacks: 0,
        }
    }
}

impl<H: LockLevel> VmaWalk<'_, '_, H>
where
    MmapLock: After<H>,
{
    /// Locks the next VMA, or returns `None` at the end of the mm.
    ///
    /// Its own read lock is the normal way. Where that is not free, or cannot be trusted, this
    /// sleeps until it has the mmap read lock, finds the VMA, and exchanges the mmap lock for that
    /// of the VMA. Where the exchange fails, it keeps the mmap lock.
    ///
    /// # Errors
    ///
    /// `EINTR` if a fatal signal came while waiting for the mmap lock. The walk may go on later.
    #[inline]
    pub fn next_vma(&mut self) -> Result<Option<StableGuard<'_>>> {
        #[cfg(CONFIG_PER_VMA_LOCK)]
        match look(self.ctx.mm, self.from)? {
            Look::Found(vma) => {
                self.from = vma.end();
                return Ok(Some(vma.into()));
            }
            Look::End => return Ok(None),
            Look::Unsure => {}
        }

        self.fallbacks += 1;
        let mm = self.ctx.mmap_read_lock_killable()?;
        let Some(vma) = mm.vmas(self.from).next() else {
            return Ok(None);
        };
        let addr = vma.start();
        self.from = vma.end();
        match mm.into_vma_read(addr) {
            Ok(vma) => Ok(Some(vma.into())),
            Err(err) => Ok(StableGuard::from_mmap(err.into_guard(), addr)),
        }
    }

    /// Where the next step begins: the end of the last VMA, in bytes.
    #[inline]
    pub fn position(&self) -> usize {
        self.from
    }

    /// How many steps so far needed the mmap lock here.
    ///
    /// `lock_next_vma()` takes it unseen, and is not counted.
    #[inline]
    pub fn fallbacks(&self) -> usize {
        self.fallbacks
    }
}

impl<H: LockLevel> Sealed for VmaWalk<'_, '_, H> {}
#[diagnostic::do_not_recommend]
impl<H: LockLevel> LockScope for VmaWalk<'_, '_, H> {
    type Innermost = H;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        self.ctx.split()
    }
}

/// Finds and read-locks the first VMA that ends after `from`. C: `lock_next_vma()`.
#[cfg(CONFIG_PER_VMA_LOCK)]
#[inline]
fn look(mm: &MmWithUser, from: usize) -> Result<Look<'_>> {
    use super::lock::VmaReadGuard;
    use crate::{
        bindings,
        mm::guard::mmap::iter::iterator, //
    };
    use core::ptr::NonNull;
    use kernel::{
        error::from_err_ptr,
        sync::rcu, //
    };

    let mut vmi = iterator(mm, from);
    let rcu = rcu::read_lock();
    // SAFETY: The mm is valid and has users, the iterator is valid, and the RCU read lock is held.
    // C may drop that to sleep, and takes it again before it returns. If this task holds the mmap
    // write lock by another context, the call waits until the task is killed.
    let vma = from_err_ptr(unsafe { bindings::lock_next_vma(mm.as_raw(), &mut vmi, from) });
    drop(rcu);
    match vma.map(NonNull::new) {
        // SAFETY: The VMA was just read-locked. `mm` has users for as long as it is borrowed.
        Ok(Some(vma)) => Ok(Look::Found(unsafe { VmaReadGuard::from_raw(vma) })),
        Ok(None) => Ok(Look::End),
        // Too many readers have the VMA.
        Err(err) if err == EAGAIN => Ok(Look::Unsure),
        Err(err) => Err(err),
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
