// SPDX-License-Identifier: GPL-2.0-only

//! What may be taken after what: contexts and scopes, levels, rights, locks of one's own, and
//! copies from and to user memory.
//!
//! A chain of locks begins with a [`LockContext`], from which a task locks an mm, or with
//! [`NothingHeld`]. Each lock that is taken is the scope ([`LockScope`]) for what is taken under
//! it.

pub(in crate::mm::guard) mod assertions;
pub mod level;
pub mod mutex;
pub mod rights;
pub mod rw_semaphore;
pub mod spinlock;
pub mod uaccess;

use crate::{
    bindings,
    mm::guard::order::{
        assertions::assertion,
        level::{
            HasLevel,
            LockLevel,
            Unlocked, //
        },
        rights::{
            stays_with_its_task,
            Sealed, //
        }, //
    }, //
};
use core::marker::PhantomData;
use kernel::{
    mm::MmWithUser,
    types::NotThreadSafe, //
};

assertion! {
    /// This task holds no lock of an mm, or of any if it is null, as far as lockdep knows.
    fn assert_none_held(mm: *mut bindings::mm_struct) {
        bindings::mm_assert_none_held(mm);
    }
}

/// A task's way to the locks of one mm.
///
/// Every guard borrows the context exclusively for as long as it lives. While a guard lives, no
/// other lock of the mm can be taken through this context, other than by methods of the guard.
///
/// The context holds no lock by itself. It borrows a [`MmWithUser`], so `mm_users` stays above
/// zero while any guard lives, and dropping the last user reference of an mm under one of its
/// guards does not compile. A bare [`Mm`] has no such count and gives no lock.
///
/// `H` is the innermost lock that the task holds already, as far as the context knows: it is
/// [`Unlocked`] in [`LockContext::new`], and another level in [`LockScope::context`]. A lock that
/// the [order](level) has outside of `H` is not taken.
///
/// The context is meant to stay local: a function takes the guard that it needs, not a context.
///
/// # Examples
///
/// ```
/// use kernel::mm::{
///     guard::order::LockContext,
///     MmWithUser, //
/// };
///
/// /// Returns the size in bytes of the VMA that contains `addr`.
/// fn size_of_vma(mm: &MmWithUser, addr: usize) -> Result<usize> {
///     let mut ctx = LockContext::new(mm);
///     let mm = ctx.mmap_read_lock();
///     let vma = mm.vma_lookup(addr).ok_or(EFAULT)?;
///     Ok(vma.end() - vma.start())
/// }
/// ```
///
/// [`Mm`]: kernel::mm::Mm
pub struct LockContext<'m, H: LockLevel = Unlocked> {
    pub(in crate::mm::guard) mm: &'m MmWithUser,
    _held: HasLevel<H>,
    // Locks are dropped by the task that took them.
    _nts: NotThreadSafe,
}

stays_with_its_task!(LockContext<H: LockLevel>);

impl<'m> LockContext<'m> {
    /// Creates a context for the locks of `mm`, for a task that holds none.
    ///
    /// Takes no lock and does not sleep. A task has one context for an mm at a time. The compiler
    /// cannot see that two contexts are for the same mm, and with a second one a task may wait for
    /// itself. A driver that C calls back makes no context, as a lock is held already. With
    /// `CONFIG_DEBUG_VM` and lockdep, a context for an mm is reported if the task holds one of its
    /// locks.
    #[inline]
    pub fn new(mm: &'m MmWithUser) -> Self {
        Self::below(mm)
    }
}

impl<'m, H: LockLevel> LockContext<'m, H> {
    #[inline]
    fn below(mm: &'m MmWithUser) -> Self {
        let ctx = Self {
            mm,
            _held: PhantomData,
            _nts: NotThreadSafe,
        };
        ctx.assert_none_held();
        ctx
    }

    /// Asserts that this task holds no lock of the mm by another chain.
    #[inline]
    pub(in crate::mm::guard) fn assert_none_held(&self) {
        // SAFETY: The mm is valid, as it is borrowed.
        unsafe { assert_none_held(self.mm.as_raw()) };
    }
}

/// A task that is taken to hold no lock: the beginning of an order of locks without an mm.
pub struct NothingHeld(NotThreadSafe);

impl NothingHeld {
    /// Begins with no lock.
    ///
    /// A task has one at a time, as with [`LockContext::new`], and none where a lock of an mm is
    /// held already. That is reported in the same way. A shrinker, which may be called under any
    /// lock, uses the try forms alone.
    #[inline]
    pub fn new() -> Self {
        // SAFETY: The pointer may be null, which stands for any mm.
        unsafe { assert_none_held(core::ptr::null_mut()) };
        Self(NotThreadSafe)
    }
}

impl Default for NothingHeld {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

/// Something under which further locks may be taken: a context, or the guard of a lock.
///
/// Each lock that is taken borrows it exclusively, and is a scope itself. So the innermost lock is
/// known to the compiler, and only what the [order](level) has further in can be taken.
#[diagnostic::on_unimplemented(
    message = "no lock is taken under `{Self}`: it is no context, and no guard of a sleeping lock",
    label = "not a scope in which a lock may be taken"
)]
pub trait LockScope: Sealed {
    /// The innermost lock that is held.
    type Innermost: LockLevel;

    /// What the lock gives access to, for use beside the locks that are taken under it.
    type Held: ?Sized;

    /// Splits a guard into what its lock gives access to, and the scope for further locks.
    ///
    /// A lock that is taken under a guard borrows it exclusively. To read what the guard holds
    /// meanwhile, take the lock in the scope that this returns.
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>);

    /// A context for another mm, under what is held here.
    #[inline]
    fn context<'a>(&'a mut self, mm: &'a MmWithUser) -> LockContext<'a, Self::Innermost> {
        LockContext::below(mm)
    }
}

/// The scope for locks under a guard, made by [`LockScope::split`].
pub struct InnerScope<'a, L: LockLevel> {
    _under: PhantomData<&'a mut ()>,
    _level: HasLevel<L>,
    _nts: NotThreadSafe,
}

impl<L: LockLevel> InnerScope<'_, L> {
    #[inline]
    pub(in crate::mm::guard) fn new() -> Self {
        Self {
            _under: PhantomData,
            _level: PhantomData,
            _nts: NotThreadSafe,
        }
    }
}

impl Sealed for NothingHeld {}
#[diagnostic::do_not_recommend]
impl LockScope for NothingHeld {
    type Innermost = Unlocked;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&(), InnerScope::new())
    }
}

impl<H: LockLevel> Sealed for LockContext<'_, H> {}
#[diagnostic::do_not_recommend]
impl<H: LockLevel> LockScope for LockContext<'_, H> {
    type Innermost = H;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&(), InnerScope::new())
    }
}

impl<L: LockLevel> Sealed for InnerScope<'_, L> {}
#[diagnostic::do_not_recommend]
impl<L: LockLevel> LockScope for InnerScope<'_, L> {
    type Innermost = L;
    type Held = ();

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (&(), InnerScope::new())
    }
}
