// SPDX-License-Identifier: GPL-2.0-only

//! The lock context: from where a task locks an mm.

use kernel::{
    mm::MmWithUser,
    types::NotThreadSafe, //
};

/// A task's way to the locks of one mm.
///
/// Every guard borrows the context exclusively for as long as it lives. While a guard lives, no
/// other lock of the mm can be taken through this context, other than by methods of the guard.
///
/// The context holds no lock by itself. It borrows a [`MmWithUser`], so `mm_users` stays above
/// zero while any guard lives, and dropping the last user reference of an mm under one of its
/// guards does not compile. A bare [`Mm`] has no such count and gives no lock.
///
/// The context is meant to stay local: a function takes the guard that it needs, not a context.
///
/// # Examples
///
/// ```
/// use kernel::mm::{guard::LockContext, MmWithUser};
///
/// /// Returns the size in bytes of the VMA that contains `addr`.
/// fn size_of_vma(mm: &MmWithUser, addr: usize) -> Result<usize> {
///     let mut ctx = LockContext::new(mm);
///     let vma = ctx.stabilise(addr)?;
///     Ok(vma.end() - vma.start())
/// }
/// ```
///
/// [`Mm`]: kernel::mm::Mm
pub struct LockContext<'m> {
    pub(super) mm: &'m MmWithUser,
    // Locks are dropped by the task that took them.
    _nts: NotThreadSafe,
}

impl<'m> LockContext<'m> {
    /// Creates a context for the locks of `mm`.
    ///
    /// Takes no lock and does not sleep. A task should have one context for an mm at a time: the
    /// compiler cannot see that two contexts are for the same mm, and with a second one a task may
    /// wait for itself.
    #[inline]
    pub fn new(mm: &'m MmWithUser) -> Self {
        Self {
            mm,
            _nts: NotThreadSafe,
        }
    }
}
