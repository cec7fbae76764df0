// SPDX-License-Identifier: GPL-2.0-only

//! Spinlocks of a user's own, in the order of the kernel's.
//!
//! Nothing sleeps under a spinlock. So its guard is no [`LockScope`]: no lock of this crate is
//! taken under it, not even another spinlock, and no user memory is accessed. It borrows the scope
//! that it is taken in, so that this scope gives no other lock meanwhile.
//!
//! C header: [`include/linux/spinlock.h`](srctree/include/linux/spinlock.h)

use crate::mm::guard::order::{
    level::{
        After,
        HasLevel,
        LockLevel, //
    },
    rights::stays_with_its_task,
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
    sync::{
        SpinLock,
        SpinLockGuard, //
    }, //
};

/// A spinlock that has a place in the lock order, that of the level `L`.
///
/// It is taken in a scope, and its place is compared with that of the innermost lock that is held
/// there. Interrupts stay as they are, so a handler of an interrupt does not take it.
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
///                 VmaLock, //
///             },
///             spinlock::OrderedSpinLock,
///             LockContext, //
///         },
///         MmWithUser, //
///     },
///     new_spinlock, //
/// };
///
/// /// The lock of a device's counters: taken under the lock of a VMA, and so in a fault.
/// struct CountersLock;
///
/// impl LockLevel for CountersLock {
///     type Place = Below<VmaLock>;
/// }
///
/// #[pin_data]
/// struct Device {
///     #[pin]
///     faults: OrderedSpinLock<CountersLock, usize>,
/// }
///
/// impl Device {
///     fn new() -> impl PinInit<Self> {
///         pin_init!(Self {
///             faults <- OrderedSpinLock::new(new_spinlock!(0)),
///         })
///     }
///
///     fn count(&self, mm: &MmWithUser, addr: usize) -> Result {
///         let mut ctx = LockContext::new(mm);
///         let mut vma = ctx.stabilise(addr)?;
///         *self.faults.lock(&mut vma) += 1;
///         Ok(())
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
///             VmaLock, //
///         },
///         spinlock::OrderedSpinLock,
///         NothingHeld, //
///     },
///     new_spinlock, //
/// };
///
/// struct CountersLock;
///
/// impl LockLevel for CountersLock {
///     type Place = Below<VmaLock>;
/// }
///
/// let faults = KBox::pin_init(
///     OrderedSpinLock::<CountersLock, usize>::new(new_spinlock!(0)),
///     GFP_KERNEL,
/// )?;
/// let mut nothing = NothingHeld::new();
/// *faults.lock(&mut nothing) += 1;
/// assert_eq!(*faults.lock(&mut nothing), 1);
/// # Ok::<(), Error>(())
/// ```
#[pin_data]
pub struct OrderedSpinLock<L: LockLevel, T: ?Sized> {
    _level: HasLevel<L>,
    #[pin]
    spinlock: SpinLock<T>,
}

/// The spinlock has the place of its level, so that a message about the order names the spinlock.
impl<L: LockLevel, T: ?Sized> LockLevel for OrderedSpinLock<L, T> {
    type Place = L::Place;
}

impl<L: LockLevel, T> OrderedSpinLock<L, T> {
    /// Gives a spinlock, made by `new_spinlock!`, its place in the lock order.
    pub fn new(spinlock: impl PinInit<SpinLock<T>>) -> impl PinInit<Self> {
        pin_init!(Self {
            _level: PhantomData,
            spinlock <- spinlock,
        })
    }
}

/// A spinlock of level `L` is held.
///
/// Nothing sleeps under it, and it is no scope for further locks. Dropping the guard releases it.
/// C: `spin_unlock()`.
#[must_use = "the spinlock is released at once if the guard is not kept"]
pub struct OrderedSpinLockGuard<'a, L: LockLevel, T: ?Sized> {
    guard: SpinLockGuard<'a, T>,
    _level: HasLevel<L>,
}

stays_with_its_task!(OrderedSpinLockGuard<L: LockLevel, T>);

impl<L: LockLevel, T: ?Sized> OrderedSpinLock<L, T> {
    /// Takes the spinlock, under what `scope` holds.
    ///
    /// Spins until nobody else has it. C: `spin_lock()`.
    #[inline]
    pub fn lock<'a, G: LockScope>(&'a self, _scope: &'a mut G) -> OrderedSpinLockGuard<'a, L, T>
    where
        Self: After<G::Innermost>,
    {
        OrderedSpinLockGuard {
            guard: self.spinlock.lock(),
            _level: PhantomData,
        }
    }

    /// Takes the spinlock, under what `scope` holds, if that is possible at once.
    ///
    /// C: `spin_trylock()`.
    #[inline]
    #[must_use = "the spinlock is released at once if the guard is not kept"]
    pub fn try_lock<'a, G: LockScope>(
        &'a self,
        _scope: &'a mut G,
    ) -> Option<OrderedSpinLockGuard<'a, L, T>>
    where
        Self: After<G::Innermost>,
    {
        Some(OrderedSpinLockGuard {
            guard: self.spinlock.try_lock()?,
            _level: PhantomData,
        })
    }
}

impl<L: LockLevel, T: ?Sized> Deref for OrderedSpinLockGuard<'_, L, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<L: LockLevel, T: ?Sized + Unpin> DerefMut for OrderedSpinLockGuard<'_, L, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

#[cfg(CONFIG_MMGUARD_KUNIT_TEST)]
mod tests;
