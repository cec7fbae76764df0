// SPDX-License-Identifier: GPL-2.0-only

//! Locks of a user's own, in the order of the kernel's.
//!
//! C header: [`include/linux/mutex.h`](srctree/include/linux/mutex.h)

use crate::mm::guard::order::{
    level::{
        After,
        HasLevel,
        LockLevel, //
    },
    rights::{
        stays_with_its_task,
        Sealed, //
    },
    InnerScope,
    LockScope, //
};
use core::{
    marker::PhantomData,
    ops::{
        Deref,
        DerefMut, //
    }, //
};
use kernel::{
    prelude::*,
    sync::lock::{
        mutex::MutexBackend,
        Guard, //
    },
    sync::Mutex, //
};

/// A mutex that has a place in the lock order, that of the level `L`.
///
/// It is taken in a scope, and its place is compared with that of the innermost lock that is held
/// there.
///
/// # Examples
///
/// ```
/// use kernel::{
///     mm::{
///         guard::order::{
///             level::{
///                 Below,
///                 LockLevel,
///                 MmapLock, //
///             },
///             mutex::OrderedMutex,
///             LockContext, //
///         },
///         MmWithUser, //
///     },
///     new_mutex, //
/// };
///
/// /// The lock of a device's list of pages: taken under the mmap lock.
/// struct PagesLock;
///
/// impl LockLevel for PagesLock {
///     type Place = Below<MmapLock>;
/// }
///
/// #[pin_data]
/// struct Device {
///     #[pin]
///     pages: OrderedMutex<PagesLock, usize>,
/// }
///
/// impl Device {
///     fn new() -> impl PinInit<Self> {
///         pin_init!(Self {
///             pages <- OrderedMutex::new(new_mutex!(0)),
///         })
///     }
///
///     fn count(&self, mm: &MmWithUser) {
///         let mut ctx = LockContext::new(mm);
///         let mut mm = ctx.mmap_read_lock();
///         *self.pages.lock(&mut mm) += 1;
///     }
/// }
/// ```
///
/// Without an mm, the order begins with nothing.
///
/// ```
/// use kernel::{
///     mm::guard::order::{
///         level::{
///             Below,
///             LockLevel,
///             MmapLock, //
///         },
///         mutex::OrderedMutex,
///         NothingHeld, //
///     },
///     new_mutex, //
/// };
///
/// struct PagesLock;
///
/// impl LockLevel for PagesLock {
///     type Place = Below<MmapLock>;
/// }
///
/// let pages = KBox::pin_init(
///     OrderedMutex::<PagesLock, usize>::new(new_mutex!(0)),
///     GFP_KERNEL,
/// )?;
/// let mut nothing = NothingHeld::new();
/// *pages.lock(&mut nothing) += 1;
/// assert_eq!(*pages.lock(&mut nothing), 1);
/// # Ok::<(), Error>(())
/// ```
#[pin_data]
pub struct OrderedMutex<L: LockLevel, T: ?Sized> {
    _level: HasLevel<L>,
    #[pin]
    mutex: Mutex<T>,
}

/// The mutex has the place of its level, so that a message about the order names the mutex.
impl<L: LockLevel, T: ?Sized> LockLevel for OrderedMutex<L, T> {
    type Place = L::Place;
}

impl<L: LockLevel, T> OrderedMutex<L, T> {
    /// Gives a mutex, made by `new_mutex!`, its place in the lock order.
    pub fn new(mutex: impl PinInit<Mutex<T>>) -> impl PinInit<Self> {
        pin_init!(Self {
            _level: PhantomData,
            mutex <- mutex,
        })
    }
}

/// A mutex of level `L` is held.
///
/// Dropping the guard releases it. It does not sleep. C: `mutex_unlock()`.
#[must_use = "the mutex is released at once if the guard is not kept"]
pub struct OrderedMutexGuard<'a, L: LockLevel, T: ?Sized> {
    guard: Guard<'a, T, MutexBackend>,
    _level: HasLevel<L>,
}

stays_with_its_task!(OrderedMutexGuard<L: LockLevel, T>);

impl<L: LockLevel, T: ?Sized> OrderedMutex<L, T> {
    /// Takes the mutex, under what `scope` holds.
    ///
    /// Sleeps until nobody else has it. C: `mutex_lock()`.
    #[inline]
    pub fn lock<'a, G: LockScope>(&'a self, _scope: &'a mut G) -> OrderedMutexGuard<'a, L, T>
    where
        Self: After<G::Innermost>,
    {
        OrderedMutexGuard {
            guard: self.mutex.lock(),
            _level: PhantomData,
        }
    }

    /// Takes the mutex, under what `scope` holds, if that is possible at once.
    ///
    /// Does not sleep. C: `mutex_trylock()`.
    #[inline]
    #[must_use = "the mutex is released at once if the guard is not kept"]
    pub fn try_lock<'a, G: LockScope>(
        &'a self,
        _scope: &'a mut G,
    ) -> Option<OrderedMutexGuard<'a, L, T>>
    where
        Self: After<G::Innermost>,
    {
        Some(OrderedMutexGuard {
            guard: self.mutex.try_lock()?,
            _level: PhantomData,
        })
    }
}

impl<L: LockLevel, T: ?Sized> OrderedMutex<L, T> {
    /// Takes the mutex if that is possible at once, in reclaim, where any lock may be held.
    #[inline]
    pub(in crate::mm::guard) fn try_lock_in_reclaim(&self) -> Option<OrderedMutexGuard<'_, L, T>> {
        Some(OrderedMutexGuard {
            guard: self.mutex.try_lock()?,
            _level: PhantomData,
        })
    }
}

impl<L: LockLevel, T: ?Sized + Unpin> OrderedMutexGuard<'_, L, T> {
    /// Splits the guard into its data, to be changed, and the scope for further locks.
    ///
    /// As [`LockScope::split`], which lends the data to be read.
    #[inline]
    pub fn split_mut(&mut self) -> (&mut T, InnerScope<'_, L>) {
        (&mut self.guard, InnerScope::new())
    }
}

impl<L: LockLevel, T: ?Sized> Deref for OrderedMutexGuard<'_, L, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<L: LockLevel, T: ?Sized + Unpin> DerefMut for OrderedMutexGuard<'_, L, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<L: LockLevel, T: ?Sized> Sealed for OrderedMutexGuard<'_, L, T> {}
#[diagnostic::do_not_recommend]
impl<L: LockLevel, T: ?Sized> LockScope for OrderedMutexGuard<'_, L, T> {
    type Innermost = L;
    type Held = T;

    #[inline]
    fn split(&mut self) -> (&Self::Held, InnerScope<'_, Self::Innermost>) {
        (self, InnerScope::new())
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
