// SPDX-License-Identifier: GPL-2.0-only

//! Reading without a lock, and finding out afterwards whether that was right.
//!
//! The mm's sequence number moves when the mmap write lock is taken and when it is released. What
//! was read while it stood still, and was even, no writer has touched.
//!
//! C header: [`include/linux/mmap_lock.h`](srctree/include/linux/mmap_lock.h)

use crate::{
    bindings,
    mm::guard::{
        mmap::iter::first_entry,
        order::{
            level::LockLevel,
            LockContext, //
        }, //
    }, //
};
use core::{
    marker::PhantomData,
    ops::Range, //
};
use kernel::mm::MmWithUser;

/// A brand: a lifetime that unifies with no other.
type Brand<'b> = PhantomData<fn(&'b ()) -> &'b ()>;

/// A stretch of time in which the mm is read without a lock.
///
/// Made by [`LockContext::mmap_lock_speculate`].
///
/// # Examples
///
/// ```
/// use kernel::mm::{
///     guard::order::LockContext,
///     MmWithUser, //
/// };
///
/// /// Tells whether a VMA contains `addr`, at best without a lock.
/// fn is_mapped(mm: &MmWithUser, addr: usize) -> Result<bool> {
///     let mut ctx = LockContext::new(mm);
///     if let Some(first) = ctx.mmap_lock_speculate(|mm| mm.first_vma_range(addr)) {
///         return Ok(first.is_some_and(|range| range.contains(&addr)));
///     }
///     let mm = ctx.mmap_read_lock_killable()?;
///     Ok(mm.vma_lookup(addr).is_some())
/// }
/// ```
pub struct Speculation<'b> {
    mm: &'b MmWithUser,
    _brand: Brand<'b>,
}

/// A value that was read without a lock, and may be wrong.
///
/// It cannot be looked at. [`LockContext::mmap_lock_speculate`] hands its content out when no
/// writer has come in between.
pub struct Untrusted<'b, T> {
    value: T,
    _brand: Brand<'b>,
}

impl<'b> Speculation<'b> {
    /// The range in bytes of the first VMA that ends after `from`, or `None` if there is none.
    ///
    /// It is what the tree says, under RCU; the VMA itself is not looked at. Does not sleep.
    pub fn first_vma_range(&self, from: usize) -> Untrusted<'b, Option<Range<usize>>> {
        Untrusted {
            value: first_entry(self.mm, from).map(|(_, range)| range),
            _brand: PhantomData,
        }
    }
}

impl<'b, T> Untrusted<'b, T> {
    /// Pairs two values of one speculation.
    pub fn and<U>(self, other: Untrusted<'b, U>) -> Untrusted<'b, (T, U)> {
        Untrusted {
            value: (self.value, other.value),
            _brand: PhantomData,
        }
    }
}

impl<H: LockLevel> LockContext<'_, H> {
    /// Runs `read` without a lock, and returns what it read if no writer came in between.
    ///
    /// Returns `None` if the mmap lock was write-locked meanwhile, or if the kernel cannot tell
    /// (without `CONFIG_PER_VMA_LOCK`): take the lock then. Does not sleep by itself.
    /// C: `mmap_lock_speculate_try_begin()`, `mmap_lock_speculate_retry()`.
    #[inline]
    pub fn mmap_lock_speculate<T>(
        &self,
        read: impl for<'b> FnOnce(Speculation<'b>) -> Untrusted<'b, T>,
    ) -> Option<T> {
        speculate(self.mm, read)
    }
}

/// As [`LockContext::mmap_lock_speculate`].
pub(in crate::mm) fn speculate<T>(
    mm: &MmWithUser,
    read: impl for<'b> FnOnce(Speculation<'b>) -> Untrusted<'b, T>,
) -> Option<T> {
    let mut seq = 0;
    // SAFETY: The mm is valid, as it is borrowed, and `seq` is valid for writes.
    if !unsafe { bindings::mmap_lock_speculate_try_begin(mm.as_raw(), &mut seq) } {
        return None;
    }
    let read = read(Speculation {
        mm,
        _brand: PhantomData,
    });
    // SAFETY: The mm is valid, as it is borrowed.
    if unsafe { bindings::mmap_lock_speculate_retry(mm.as_raw(), seq) } {
        return None;
    }
    Some(read.value)
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
