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
//! The protocol is that of `lock_next_vma()` in `mm/mmap_lock.c`, which modules do not have.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use super::{
    speculate::speculate,
    vma_iter::first_entry,
    LockContext,
    StableGuard,
    VmaReadGuard, //
};
use kernel::{
    mm::MmWithUser,
    prelude::*, //
};

/// A walk over the VMAs of an mm, one lock at a time.
///
/// Made by [`LockContext::walk_vmas`]. Between two steps no lock is held.
pub struct VmaWalk<'c, 'm> {
    ctx: &'c mut LockContext<'m>,
    from: usize,
    fallbacks: usize,
}

/// What one look without the mmap lock found.
enum Look<'c> {
    /// The next VMA, locked.
    Found(VmaReadGuard<'c>),
    /// There is no further VMA.
    End,
    /// Only the mmap lock can tell.
    Unsure,
}

impl<'m> LockContext<'m> {
    /// Begins a walk over the VMAs that end after `from`, an address in bytes.
    ///
    /// Takes no lock and does not sleep.
    #[inline]
    pub fn walk_vmas(&mut self, from: usize) -> VmaWalk<'_, 'm> {
        VmaWalk {
            ctx: self,
            from,
            fallbacks: 0,
        }
    }
}

impl VmaWalk<'_, '_> {
    /// Locks the next VMA, or returns `None` at the end of the mm.
    ///
    /// Its own read lock is the normal way. Where that cannot be had, or cannot be trusted, this
    /// sleeps until the mmap read lock is there, finds the VMA, and exchanges the mmap lock for
    /// the VMA's, or keeps it where that fails.
    ///
    /// # Errors
    ///
    /// `EINTR` if a fatal signal came while waiting for the mmap lock. The walk may go on later.
    pub fn next_vma(&mut self) -> Result<Option<StableGuard<'_>>> {
        match look_without_mmap_lock(self.ctx.mm, self.from) {
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

    /// How many steps so far needed the mmap lock.
    #[inline]
    pub fn fallbacks(&self) -> usize {
        self.fallbacks
    }
}

/// Finds and read-locks the first VMA that ends after `from`, without the mmap lock.
fn look_without_mmap_lock(mm: &MmWithUser, from: usize) -> Look<'_> {
    let settled = speculate(mm, |s| s.first_vma_range(from));
    let range = match &settled {
        Some(None) => return Look::End,
        Some(Some(range)) => range.clone(),
        // A writer is at work, though perhaps not here.
        None => match first_entry(mm, from) {
            Some((_, range)) => range,
            None => return Look::Unsure,
        },
    };

    let Some(vma) = VmaReadGuard::lock_under_rcu(mm, range.start.max(from)) else {
        return Look::Unsure;
    };

    // The VMA that was locked may not be the one that was found: it may have been shrunk, and
    // another one may have been put before it. If it leaves a gap, the gap must have been there.
    let gap_is_true = vma.start() <= from
        || matches!(&settled, Some(Some(range)) if range.start == vma.start())
        || matches!(first_entry(mm, from), Some((first, _)) if first == vma.as_non_null());
    if gap_is_true {
        Look::Found(vma)
    } else {
        Look::Unsure
    }
}
