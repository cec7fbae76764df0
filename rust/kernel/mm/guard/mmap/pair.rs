// SPDX-License-Identifier: GPL-2.0-only

//! The mmap locks of two address spaces at once.
//!
//! `fork` has them, of the parent and of the child. Both are of one level, so they are taken by one
//! call, which tells lockdep which is the inner one. A third is not taken.
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
            level::{
                After,
                LockLevel,
                MmapLock, //
            },
            LockContext, //
        },
    },
};
use kernel::{
    mm::MmWithUser,
    prelude::*, //
};

/// The mmap locks of two address spaces, both held for writing.
///
/// Further locks are taken under one of the two guards at a time. Dropping the pair releases the
/// inner lock and then the outer one. It does not sleep.
#[must_use = "the mmap locks are released at once if the pair is not kept"]
pub struct MmPair<'c> {
    // Dropped first.
    inner: MmGuard<'c, Write>,
    outer: MmGuard<'c, Write>,
}

impl<H: LockLevel> LockContext<'_, H> {
    /// Takes the mmap lock for writing, and under it that of a second mm.
    ///
    /// Sleeps until nobody else has them. The caller is responsible for the order of the two
    /// address spaces: `fork` takes the lock of the parent before that of the child. There is no
    /// killable form of the second.
    /// C: `mmap_write_lock()`, `mmap_write_lock_nested(mm, SINGLE_DEPTH_NESTING)`.
    ///
    /// # Errors
    ///
    /// `EINVAL` if `inner` is the mm of this context; `EINTR` if a fatal signal came first. No lock
    /// is held then.
    pub fn mmap_write_lock_nested<'a>(&'a mut self, inner: &'a MmWithUser) -> Result<MmPair<'a>>
    where
        MmapLock: After<H>,
    {
        if core::ptr::eq(self.mm, inner) {
            return Err(EINVAL);
        }
        let outer = self.mmap_write_lock_killable()?;
        // CAST: The subclass is a small constant.
        let subclass = bindings::SINGLE_DEPTH_NESTING as c_int;
        // SAFETY: The mm is valid, as it is borrowed.
        unsafe { bindings::mmap_write_lock_nested(inner.as_raw(), subclass) };
        Ok(MmPair {
            // SAFETY: The write lock was just taken, and its release is left to the guard.
            inner: unsafe { MmGuard::from_raw(inner) },
            outer,
        })
    }
}

impl<'c> MmPair<'c> {
    /// The guard of the mm of the context.
    #[inline]
    pub fn outer(&self) -> &MmGuard<'c, Write> {
        &self.outer
    }

    /// The guard of the second mm.
    #[inline]
    pub fn inner(&self) -> &MmGuard<'c, Write> {
        &self.inner
    }

    /// The guard of the mm of the context, to take locks under.
    #[inline]
    pub fn outer_mut(&mut self) -> &mut MmGuard<'c, Write> {
        &mut self.outer
    }

    /// The guard of the second mm, to take locks under.
    #[inline]
    pub fn inner_mut(&mut self) -> &mut MmGuard<'c, Write> {
        &mut self.inner
    }
}
